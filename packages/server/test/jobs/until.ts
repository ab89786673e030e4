/** Waits for a state of a job by its events, not by the clock. @module */

import type { Database } from '../../src/jobs/database.ts'
import { watchEvents } from '../../src/jobs/events.ts'
import { findJob } from '../../src/jobs/job-records.ts'
import type { Job, JobEvent } from '../../src/jobs/job.ts'

/** The job's first event that `is` wanted; fails after three minutes. */
export async function untilEvent(
  database: Database,
  jobId: string,
  is: (event: JobEvent) => boolean,
): Promise<JobEvent> {
  for await (const event of watchEvents(database, jobId, 0, AbortSignal.timeout(180_000))) {
    if (is(event)) return event
  }
  const { state, attempt, failure } = (await findJob(database, jobId)) ?? {}
  const found = JSON.stringify({ state, attempt, failure })
  throw new Error(`job ${jobId} ended, or was too slow, before the event: ${found}`)
}

/** The job, once it has ended. */
export async function untilEnded(database: Database, jobId: string): Promise<Job> {
  const ends: readonly unknown[] = ['completed', 'failed', 'cancelled']
  await untilEvent(database, jobId, ({ type, data }) => type === 'state' && ends.includes(data['state']))
  const job = await findJob(database, jobId)
  if (job === undefined) throw new Error(`there is no job ${jobId}`)
  return job
}
