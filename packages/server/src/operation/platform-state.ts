/** Where the platform stands as a whole: what the database knows, whichever process did it. @module */

import { isNotNull, sql } from 'drizzle-orm'

import type { Database } from '../jobs/database.ts'
import { JOB_STATES, type JobState, type WorkerReport } from '../jobs/job.ts'
import { queueDepth, type QueueDepth } from '../jobs/queue.ts'
import { jobs } from '../jobs/schema.ts'
import { listWorkers } from '../jobs/workers.ts'

/** How many runs of jobs that ended in `state` took `seconds`. */
export interface RunLength {
  readonly state: JobState
  readonly seconds: number
  readonly count: number
}

/** The platform at one moment. */
export interface PlatformState {
  readonly jobs: Readonly<Record<JobState, number>>
  /** By the queue's name. */
  readonly queues: Readonly<Record<string, QueueDepth>>
  readonly workers: readonly WorkerReport[]
  /** Of every job that was begun and has ended: from the start of the attempt that counts to the job's end. */
  readonly runLengths: readonly RunLength[]
}

/** Reads the state from the database. Jobs are never deleted, so that counts of ends only grow. */
export async function readPlatformState(database: Database): Promise<PlatformState> {
  const count = sql<number>`count(*)::int`
  const seconds = sql<number>`greatest(0, extract(epoch from ${jobs.endedAt} - ${jobs.startedAt}))::int`
  const [counts, runLengths, queues, workers] = await Promise.all([
    database.db.select({ state: jobs.state, count }).from(jobs).groupBy(jobs.state),
    database.db
      .select({ state: jobs.state, seconds, count })
      .from(jobs)
      .where(sql`${isNotNull(jobs.startedAt)} and ${isNotNull(jobs.endedAt)}`)
      .groupBy(jobs.state, seconds),
    queueDepth(database),
    listWorkers(database),
  ])
  const byState = new Map(counts.map((row) => [row.state, row.count]))
  return {
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, byState.get(state) ?? 0])) as Record<JobState, number>,
    queues,
    workers,
    runLengths,
  }
}
