/** A mean over an epoch. @module */

import type { Metric, MetricBatch } from '../metrics.ts'

/** A metric that is the mean of one number per position of the batches seen. */
export function meanOf(
  values: (batch: MetricBatch) => Iterable<number>,
  finish = (mean: number): number => mean,
): Metric {
  let total = 0
  let count = 0
  return {
    update(batch) {
      for (const value of values(batch)) {
        total += value
        count += 1
      }
    },
    result: () => (count === 0 ? 0 : finish(total / count)),
  }
}
