/** Progress of a run, as messages to the parent and lines of the log. @module */

import type { BatchProgress, EpochProgress } from '../fit-options.ts'
import type { ChildMessage } from './protocol.ts'

/** Where progress goes, and what time it is. */
export interface ProgressDeps {
  readonly emit: (message: ChildMessage) => void
  /** Takes one line of the log, without its end. */
  readonly log: (line: string) => void
  /** Milliseconds from anywhere; never goes back. */
  readonly now: () => number
}

/** Takes what `fit` reports. */
export interface Progress {
  readonly onBatch: (progress: BatchProgress) => void
  readonly onEpoch: (progress: EpochProgress) => void
}

/** Batches told of per second, at most: a batch can take less than a millisecond. */
const MILLISECONDS_BETWEEN_BATCHES = 100

/** Tells of every epoch, and of a batch ten times a second. The time left is guessed from the epochs done so far. */
export function reportProgress(initialEpoch: number, { emit, log, now }: ProgressDeps): Progress {
  const start = now()
  let lastBatch = Number.NEGATIVE_INFINITY
  return {
    onBatch({ epoch, epochs, step, steps, values }) {
      if (now() - lastBatch < MILLISECONDS_BETWEEN_BATCHES) return
      lastBatch = now()
      emit({ type: 'batch', epoch: epoch + 1, epochs, batch: step, batches: steps, metrics: finite(values) })
    },
    onEpoch({ epoch, epochs, values }) {
      const done = epoch + 1 - initialEpoch
      const secondsLeft = ((now() - start) / 1000 / done) * (epochs - epoch - 1)
      emit({ type: 'epoch', epoch: epoch + 1, epochs, metrics: finite(values), secondsLeft })
      const metrics = Object.entries(values).map(([name, value]) => `${name} ${value.toPrecision(4)}`)
      log(`epoch ${epoch + 1}/${epochs}: ${metrics.join(', ')}`)
    },
  }
}

/** JSON has no NaN: a metric without a value is not told. */
function finite(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)))
}
