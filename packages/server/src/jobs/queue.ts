/** The queues: what waits to be trained, what waits for the issuer, and what was given up. @module */

import { sql } from 'drizzle-orm'
import { fromDrizzle, type PgBoss, type Queue } from 'pg-boss'

import type { Database, Transaction } from './database.ts'

/** What an entry of either queue says: everything else of a job is in its row. */
export interface QueuedJob {
  readonly jobId: string
}

/** A queue that processes work on. */
export type QueueName = 'train' | 'issue'

/** Where entries go that failed at every attempt. */
export const DEAD_LETTERS = 'dead-letters'

/** How often the queue asks whether a process that holds an entry still lives. */
export const SUPERVISE_SECONDS = 5
/** A process is taken for dead when nothing was heard from it for so long. pg-boss allows no less. */
export const HEARTBEAT_SECONDS = 10

const DAY_SECONDS = 24 * 60 * 60

const COMMON: Omit<Queue, 'name'> = {
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retryLimit: 8,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 300,
  retentionSeconds: 365 * DAY_SECONDS,
  deleteAfterSeconds: 7 * DAY_SECONDS,
  notify: true,
}

/** Makes the queues, where they are not there yet. */
export async function createQueues(boss: PgBoss): Promise<void> {
  await boss.createQueue(DEAD_LETTERS, { ...COMMON, retryLimit: 1000 })
  await boss.createQueue('train', { ...COMMON, expireInSeconds: DAY_SECONDS, deadLetter: DEAD_LETTERS })
  await boss.createQueue('issue', { ...COMMON, expireInSeconds: DAY_SECONDS / 24, deadLetter: DEAD_LETTERS })
}

/** Puts a job into a queue, in the transaction: it is there when the transaction is, and not otherwise. */
export async function enqueue(
  { boss }: Database,
  transaction: Transaction,
  queue: QueueName,
  job: QueuedJob & { readonly priority: number },
): Promise<void> {
  const { jobId, priority } = job
  await boss.send(queue, { jobId } satisfies QueuedJob, { priority, db: fromDrizzle(transaction, sql) })
}

/** How many entries wait in a queue, and how many are being worked on. */
export interface QueueDepth {
  readonly waiting: number
  readonly active: number
}

/** The depth of the queues, now. */
export async function queueDepth({ db }: Database): Promise<Readonly<Record<QueueName | 'dead-letters', QueueDepth>>> {
  const { rows } = await db.execute<{ name: string; waiting: number; active: number }>(sql`
    SELECT name,
      count(*) FILTER (WHERE state IN ('created', 'retry'))::integer AS waiting,
      count(*) FILTER (WHERE state = 'active')::integer AS active
    FROM pgboss.job GROUP BY name`)
  const depthOf = (queue: string): QueueDepth => {
    const { waiting, active } = rows.find(({ name }) => name === queue) ?? { waiting: 0, active: 0 }
    return { waiting, active }
  }
  return { train: depthOf('train'), issue: depthOf('issue'), 'dead-letters': depthOf(DEAD_LETTERS) }
}
