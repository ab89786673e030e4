/** Margins: hinge, squared hinge, categorical hinge. @module */

import type { MetricBatch, MetricFactory } from '../metrics.ts'
import { meanOf } from './mean.ts'

/** `keras.metrics.Hinge`. */
export const hinge: MetricFactory = () => () => meanOf(shortfalls)
/** `keras.metrics.SquaredHinge`. */
export const squaredHinge: MetricFactory = () => () => meanOf((batch) => shortfalls(batch).map((value) => value ** 2))
/** `keras.metrics.CategoricalHinge`. */
export const categoricalHinge: MetricFactory = () => () =>
  meanOf(({ target, prediction, classes }) =>
    Array.from({ length: prediction.length / classes }, (_, position) => {
      let [right, wrong] = [0, -Infinity]
      for (let index = position * classes; index < (position + 1) * classes; index += 1) {
        const [score, truth] = [prediction[index] ?? 0, target[index] ?? 0]
        right += truth * score
        wrong = Math.max(wrong, (1 - truth) * score)
      }
      return Math.max(wrong - right + 1, 0)
    }),
  )

/** A batch of nothing but 0 and 1 is taken for −1 and 1. */
function shortfalls({ target, prediction }: MetricBatch): Float64Array {
  const binary = target.every((value) => value === 0 || value === 1)
  return Float64Array.from(prediction, (score, index) => {
    const side = target[index] ?? 0
    return Math.max(1 - (binary ? 2 * side - 1 : side) * score, 0)
  })
}
