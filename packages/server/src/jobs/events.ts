/** What happened to a job: written in order, read from where a reader was cut off. @module */

import { parseWith, type JsonObject } from '@aibomgen/core'
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import * as z from 'zod'

import type { Database, Transaction } from './database.ts'
import { JOB_CHANNEL } from './job-signals.ts'
import type { JobEvent, JobEventType } from './job.ts'
import { jobEvents, jobs } from './schema.ts'

/** An event before it has its place. */
export interface NewEvent {
  readonly jobId: string
  readonly attempt: number
  readonly type: JobEventType
  readonly data: JsonObject
}

const PAGE = 500
/** A signal may get lost with the connection that carries it. */
const POLL_SECONDS = 5

const dataSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json())

/**
 * Writes events, and tells who listens, once the transaction is committed. The transaction must hold the lock of the
 * job's row: that is what makes sequence numbers become visible in their order, so that no reader misses one.
 */
export async function writeEvents(
  { clock }: Pick<Database, 'clock'>,
  transaction: Transaction,
  events: readonly [NewEvent, ...NewEvent[]],
): Promise<void> {
  const at = clock.now()
  await transaction.insert(jobEvents).values(events.map((event) => ({ ...event, at })))
  await notifyOf(transaction, events[0].jobId)
}

/** Tells who listens to the job that it has changed, once the transaction is committed. */
export async function notifyOf(transaction: Transaction, jobId: string): Promise<void> {
  await transaction.execute(sql`SELECT pg_notify(${JOB_CHANNEL}, ${jobId})`)
}

/** Events of a job after a sequence number (0 for all), in their order, at most `limit`. */
export async function listEvents(
  { db }: Database,
  jobId: string,
  afterSequence: number,
  limit: number,
): Promise<readonly JobEvent[]> {
  const rows = await db
    .select()
    .from(jobEvents)
    .where(and(eq(jobEvents.jobId, jobId), gt(jobEvents.sequence, afterSequence)))
    .orderBy(asc(jobEvents.sequence))
    .limit(limit)
  return rows.map((row) => ({ ...row, data: parseWith(dataSchema, row.data, `event ${row.sequence}`) }))
}

/**
 * Events of a job after a sequence number, those that are there and those that come, until the job has ended and all
 * were given, or `signal` aborts.
 */
export async function* watchEvents(
  database: Database,
  jobId: string,
  afterSequence: number,
  signal: AbortSignal,
): AsyncGenerator<JobEvent, void, undefined> {
  let after = afterSequence
  let changed = Promise.withResolvers<void>()
  const wake = (): void => changed.resolve()
  const stopListening = database.signals.listen(jobId, wake)
  signal.addEventListener('abort', wake)
  try {
    while (!signal.aborted) {
      changed = Promise.withResolvers<void>()
      const ended = await hasEnded(database, jobId)
      const events = await listEvents(database, jobId, after, PAGE)
      for (const event of events) {
        yield event
        after = event.sequence
      }
      if (events.length === PAGE) continue
      if (ended) return
      const poll = setTimeout(wake, POLL_SECONDS * 1000)
      await changed.promise
      clearTimeout(poll)
    }
  } finally {
    stopListening()
    signal.removeEventListener('abort', wake)
  }
}

/** A job that is not there will tell nothing more either. */
async function hasEnded({ db }: Database, jobId: string): Promise<boolean> {
  const [job] = await db.select({ endedAt: jobs.endedAt }).from(jobs).where(eq(jobs.id, jobId))
  return job === undefined || job.endedAt !== null
}
