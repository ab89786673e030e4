/** Takes entries from a queue, one at a time, until told to stop. @module */

import { once } from 'node:events'

import { buryJob } from './attempts.ts'
import type { Database } from './database.ts'
import { DEAD_LETTERS, type QueuedJob, type QueueName } from './queue.ts'

/** Works on one job. `claim` aborts when the queue has given the entry to another process. */
export type QueueHandler = (jobId: string, claim: AbortSignal) => Promise<void>

const POLL_SECONDS = 2

/**
 * Hands the queue's entries to `handle` until `signal` aborts, and returns once the last one is done. An entry is done
 * with when `handle` returns; when it throws, or this process dies, the queue gives it out again, later. What the queue
 * gave up is buried by whoever serves one.
 */
export async function serveQueue(
  database: Database,
  queue: QueueName,
  handle: QueueHandler,
  signal: AbortSignal,
): Promise<void> {
  const { boss } = database
  if (signal.aborted) return
  const options = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS }
  const serving = await boss.work<QueuedJob>(queue, options, async (entries) => {
    // Whoever has just had an entry looks for the next one at once, not at the next poll.
    boss.notifyWorker(serving)
    for (const { data, signal: claim } of entries) await handle(data.jobId, claim)
  })
  const burying = await boss.work<QueuedJob>(DEAD_LETTERS, options, async (entries) => {
    for (const { data } of entries) await buryJob(database, data.jobId)
  })
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.all([
    boss.offWork(queue, { id: serving, wait: true }),
    boss.offWork(DEAD_LETTERS, { id: burying, wait: true }),
  ])
}
