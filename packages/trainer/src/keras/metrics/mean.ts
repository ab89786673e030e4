/** A mean over an epoch. @module */

import type { Metric, MetricBatch } from '../metrics.ts'

/** How a mean is finished, and what it counts. */
export interface MeanOptions {
  readonly finish?: (mean: number) => number
  /** Whether positions that the output's mask hides are left out, as most of Keras's means do. */
  readonly masked?: boolean
  /** Positions of no weight, asked for where rows have weights: else they count like all others, as in Keras. */
  readonly ignores?: (batch: MetricBatch, position: number) => boolean
}

/**
 * A metric that is the mean of the numbers that a batch comes to, in the order of its rows: one per row, per position or
 * per number. Several in one row share the row's weight.
 */
export function meanOf(values: (batch: MetricBatch) => ArrayLike<number>, options: MeanOptions = {}): Metric {
  const { finish = (mean: number): number => mean, masked = true, ignores = (): boolean => false } = options
  let total = 0
  let count = 0
  return {
    update(batch) {
      const numbers = values(batch)
      const given = weightsOf(batch, masked, numbers.length)
      const weights = given?.map((weight, position) => (ignores(batch, position) ? 0 : weight))
      if (weights === undefined) {
        for (let index = 0; index < numbers.length; index += 1) total += numbers[index] ?? 0
        count += numbers.length
        return
      }
      const share = numbers.length / weights.length
      for (let index = 0; index < numbers.length; index += 1) {
        const weight = weights[Math.floor(index / share)] ?? 0
        total += ((numbers[index] ?? 0) * weight) / share
      }
      for (const weight of weights) count += weight
    },
    result: () => finish(count === 0 ? 0 : total / count),
  }
}

/** What counts how much: rows by their weights, positions by the mask; undefined where all count the same. */
function weightsOf({ rows, weights, mask }: MetricBatch, masked: boolean, length: number): Float32Array | undefined {
  if (!masked || mask === undefined || length % mask.length !== 0) return weights
  const steps = mask.length / rows
  return mask.map((shown, index) => shown * (weights?.[Math.floor(index / steps)] ?? 1))
}
