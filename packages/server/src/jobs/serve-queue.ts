/** Takes entries from a queue, one at a time, until told to stop. @module */

import { once } from 'node:events'

import { ConfigError } from '@aibomgen/core'

import { buryJob } from './attempts.ts'
import { assertClockAgrees } from './clock-agreement.ts'
import type { Database } from './database.ts'
import { DEAD_LETTERS, type QueuedJob, type QueueName } from './queue.ts'

/** Works on one job. `claim` aborts when the queue has given the entry to another process. */
export type QueueHandler = (jobId: string, claim: AbortSignal) => Promise<void>

const POLL_SECONDS = 2

/**
 * Hands the queue's entries to `handle` until `signal` aborts, and returns once the last one is done. An entry is done
 * with when `handle` returns; when it throws, or this process dies, the queue gives it out again, later. What the queue
 * gave up is buried by whoever serves one.
 *
 * @throws ConfigError `CLOCK_SKEWED`, before the first entry, or once the clock has gone wrong: the entry stays queued
 */
export async function serveQueue(
  database: Database,
  queue: QueueName,
  handle: QueueHandler,
  signal: AbortSignal,
): Promise<void> {
  const { boss } = database
  if (signal.aborted) return
  await assertClockAgrees(database)
  const giveUp = new AbortController()
  const stopping = AbortSignal.any([signal, giveUp.signal])
  const options = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS }
  const serving = await boss.work<QueuedJob>(queue, options, async (entries) => {
    // Whoever has just had an entry looks for the next one at once, not at the next poll.
    boss.notifyWorker(serving)
    await assertClockAgrees(database).catch((error: unknown) => {
      if (error instanceof ConfigError) giveUp.abort(error)
      throw error
    })
    for (const { data, signal: claim } of entries) await handle(data.jobId, claim)
  })
  const burying = await boss.work<QueuedJob>(DEAD_LETTERS, options, async (entries) => {
    for (const { data } of entries) await buryJob(database, data.jobId)
  })
  if (!stopping.aborted) await once(stopping, 'abort')
  await Promise.all([
    boss.offWork(queue, { id: serving, wait: true }),
    boss.offWork(DEAD_LETTERS, { id: burying, wait: true }),
  ])
  if (giveUp.signal.aborted) throw giveUp.signal.reason
}
