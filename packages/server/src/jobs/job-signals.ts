/** Wakes whoever waits for a change of a job, in whichever process it was made. @module */

/** The channel of NOTIFY; its payload is a job id. */
export const JOB_CHANNEL = 'aibomgen_job'

/** Listeners by job. What they are told is only that there may be something new. */
export class JobSignals {
  readonly #listeners = new Map<string, Set<() => void>>()

  /** Calls `wake` at every change of the job, until the returned function is called. */
  listen(jobId: string, wake: () => void): () => void {
    const listeners = this.#listeners.get(jobId) ?? new Set()
    this.#listeners.set(jobId, listeners.add(wake))
    return () => {
      listeners.delete(wake)
      if (listeners.size === 0) this.#listeners.delete(jobId)
    }
  }

  /** Wakes those who listen to the job. */
  wake(jobId: string): void {
    for (const wake of this.#listeners.get(jobId) ?? []) wake()
  }

  /** Wakes everybody: after a gap, in which signals may have been lost. */
  wakeAll(): void {
    for (const jobId of this.#listeners.keys()) this.wake(jobId)
  }
}
