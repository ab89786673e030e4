/** The accuracies: binary, categorical, sparse categorical. @module */

import type { MetricBatch, MetricFactory } from '../metrics.ts'
import { meanOf } from './mean.ts'

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

function hits({ prediction, classes }: MetricBatch, expected: (position: number) => number): readonly number[] {
  return Array.from({ length: prediction.length / classes }, (_, position) =>
    largest(prediction, position * classes, classes) === expected(position) ? 1 : 0,
  )
}

/** Where the largest of `count` numbers stands; the first of equals. */
function largest(values: Float32Array, start: number, count: number): number {
  let best = 0
  for (let index = 1; index < count; index += 1) {
    if ((values[start + index] ?? 0) > (values[start + best] ?? 0)) best = index
  }
  return best
}
