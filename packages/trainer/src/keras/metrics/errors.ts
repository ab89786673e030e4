/** Mean absolute, mean squared and root mean squared error. @module */

import type { MetricBatch, MetricFactory } from '../metrics.ts'
import { meanOf } from './mean.ts'

/** `keras.metrics.MeanAbsoluteError`. */
export const meanAbsoluteError: MetricFactory = () => () => meanOf((batch) => differences(batch).map(Math.abs))
/** `keras.metrics.MeanSquaredError`. */
export const meanSquaredError: MetricFactory = () => () => meanOf(squares)
/** `keras.metrics.RootMeanSquaredError`. */
export const rootMeanSquaredError: MetricFactory = () => () => meanOf(squares, Math.sqrt)

function squares(batch: MetricBatch): Float32Array {
  return differences(batch).map((difference) => difference * difference)
}

/** Prediction minus target; a target of one number per row counts for each of the row's. */
function differences({ target, prediction, classes }: MetricBatch): Float32Array {
  const shared = target.length < prediction.length
  return prediction.map((value, index) => value - (target[shared ? Math.floor(index / classes) : index] ?? 0))
}
