/** Tells the database what a run tells, a few times a second at most, and stops a run that is no longer wanted. @module */

import { concatBytes, TrainingError, type JsonObject } from '@aibomgen/core'

import { reportNews, type Attempt, type RunNews } from './attempts.ts'
import type { Database } from './database.ts'
import type { JobProgress } from './job.ts'
import type { TrainingEvent } from './training-run.ts'

/** Why a run is stopped from outside. */
export type StopReason = 'cancelled' | 'superseded' | 'handed back'

const FLUSH_SECONDS = 1

/** Collects a run's news. One for each run. */
export class RunReporter {
  readonly #database: Database
  readonly #attempt: Attempt
  readonly #stop: (reason: StopReason) => void
  readonly #onError: (error: Error) => void
  readonly #stopListening: () => void
  readonly #timer: NodeJS.Timeout
  #progress: JobProgress | undefined
  #events: RunNews['events'] = []
  #log: readonly Uint8Array[] = []
  #flushing: Promise<void> = Promise.resolve()

  /** `stop` is called when the job's end was asked for, or when the attempt counts no more. */
  constructor(
    database: Database,
    attempt: Attempt,
    { stop, onError }: { stop: (reason: StopReason) => void; onError: (error: Error) => void },
  ) {
    this.#database = database
    this.#attempt = attempt
    this.#stop = stop
    this.#onError = onError
    this.#stopListening = database.signals.listen(attempt.jobId, () => this.#flushSoon())
    this.#timer = setInterval(() => this.#flushSoon(), FLUSH_SECONDS * 1000)
  }

  /** Takes an event. Of batches only the last one counts that was told since the last time. */
  addEvent({ type, ...data }: TrainingEvent): void {
    if ('epoch' in data) this.#progress = describeProgress(data, this.#progress)
    const kept = type === 'batch' ? this.#events.filter((event) => event.type !== 'batch') : this.#events
    this.#events = [...kept, { type, data: { ...data } as unknown as JsonObject }]
  }

  /** Takes what the run prints. */
  addLog(bytes: Uint8Array): void {
    this.#log = [...this.#log, Uint8Array.from(bytes)]
  }

  /** Tells the rest, and nothing more after that. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopListening()
    await this.#flushing
    await this.#flush()
  }

  #flushSoon(): void {
    this.#flushing = this.#flushing.then(() => this.#flush())
  }

  /** What cannot be told now, as the database is away, is told the next time. */
  async #flush(): Promise<void> {
    const [progress, events, log] = [this.#progress, this.#events, this.#log]
    this.#events = []
    this.#log = []
    try {
      const news = { events, log: concatBytes(...log), ...(progress === undefined ? {} : { progress }) }
      const { cancelRequested } = await reportNews(this.#database, this.#attempt, news)
      if (cancelRequested) this.#stop('cancelled')
    } catch (error) {
      if (error instanceof TrainingError && error.code === 'ATTEMPT_SUPERSEDED') return this.#stop('superseded')
      this.#events = [...events, ...this.#events]
      this.#log = [...log, ...this.#log]
      this.#onError(error instanceof Error ? error : new TypeError(String(error)))
    }
  }
}

function describeProgress(
  told: Pick<JobProgress, 'epoch' | 'epochs' | 'metrics'> & { readonly secondsLeft?: number },
  before: JobProgress | undefined,
): JobProgress {
  const { epoch, epochs, metrics } = told
  const secondsLeft = told.secondsLeft ?? before?.secondsLeft
  return { epoch, epochs, metrics, ...(secondsLeft === undefined ? {} : { secondsLeft }) }
}
