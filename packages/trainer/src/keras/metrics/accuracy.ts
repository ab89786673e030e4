/** The accuracies: plain, binary, categorical, sparse categorical, and within the best few. @module */

import type { MetricBatch, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'
import { meanOf } from './mean.ts'

/** `keras.metrics.Accuracy`: prediction and target are the same number. */
export const accuracy: MetricFactory = () => () =>
  meanOf(({ target, prediction }) => prediction.map((value, index) => (value === target[index] ? 1 : 0)))

/** `keras.metrics.BinaryAccuracy`: above the threshold or not. */
export const binaryAccuracy: MetricFactory = (config) => {
  const threshold = Math.fround(config.number('threshold', 0.5))
  return () =>
    meanOf(({ target, prediction }) =>
      prediction.map((value, index) => ((value > threshold ? 1 : 0) === target[index] ? 1 : 0)),
    )
}

/** `keras.metrics.CategoricalAccuracy`: the largest of the prediction stands where the largest of the target does. */
export const categoricalAccuracy: MetricFactory = () => () =>
  meanOf((batch) => hits(batch, (position) => largest(batch.target, position * batch.classes, batch.classes)))

/** `keras.metrics.SparseCategoricalAccuracy`: the largest of the prediction stands where the target says. */
export const sparseCategoricalAccuracy: MetricFactory = () => () =>
  meanOf((batch) => hits(batch, (position) => batch.target[position] ?? -1))

/** `keras.metrics.TopKCategoricalAccuracy`: fewer than k scores are above that of the right class. */
export const topKCategoricalAccuracy: MetricFactory = (config) => {
  const k = config.integer('k', 5)
  return () =>
    meanOf((batch) =>
      withinTopK(batch, k, (position) => largest(batch.target, position * batch.classes, batch.classes)),
    )
}

/** `keras.metrics.SparseTopKCategoricalAccuracy`, of scores (not of ids already sorted). */
export const sparseTopKCategoricalAccuracy: MetricFactory = (config) => {
  const k = config.integer('k', 5)
  if (config.boolean('from_sorted_ids', false)) throw modelUnsupported('option', 'from_sorted_ids', config.where)
  return () => meanOf((batch) => withinTopK(batch, k, (position) => batch.target[position] ?? -1))
}

function hits({ prediction, classes }: MetricBatch, expected: (position: number) => number): readonly number[] {
  return Array.from({ length: prediction.length / classes }, (_, position) =>
    largest(prediction, position * classes, classes) === expected(position) ? 1 : 0,
  )
}

function withinTopK(
  { prediction, classes }: MetricBatch,
  k: number,
  expected: (position: number) => number,
): readonly number[] {
  return Array.from({ length: prediction.length / classes }, (_, position) => {
    const scores = prediction.subarray(position * classes, (position + 1) * classes)
    const own = scores[expected(position)]
    if (own === undefined || !scores.every(Number.isFinite)) return 0
    return scores.reduce((above, score) => above + (score > own ? 1 : 0), 0) < k ? 1 : 0
  })
}

/** Where the largest of `count` numbers stands; the first of equals. */
export function largest(values: Float32Array, start: number, count: number): number {
  let best = 0
  for (let index = 1; index < count; index += 1) {
    if ((values[start + index] ?? 0) > (values[start + best] ?? 0)) best = index
  }
  return best
}
