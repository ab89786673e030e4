/** Errors of numbers: absolute, squared, relative, logarithmic. @module */

import type { MetricBatch, MetricFactory } from '../metrics.ts'
import { meanOf } from './mean.ts'

const EPSILON = 1e-7

/** `keras.metrics.MeanAbsoluteError`. */
export const meanAbsoluteError: MetricFactory = () => () => meanOf(each((value, target) => Math.abs(value - target)))
/** `keras.metrics.MeanSquaredError`. */
export const meanSquaredError: MetricFactory = () => () => meanOf(each(square))
/** `keras.metrics.RootMeanSquaredError`: no mask reaches it. */
export const rootMeanSquaredError: MetricFactory = () => () =>
  meanOf(each(square), { finish: Math.sqrt, masked: false })
/** `keras.metrics.MeanAbsolutePercentageError`. */
export const meanAbsolutePercentageError: MetricFactory = () => () =>
  meanOf(each((value, target) => 100 * Math.abs((target - value) / Math.max(Math.abs(target), EPSILON))))
/** `keras.metrics.MeanSquaredLogarithmicError`. */
export const meanSquaredLogarithmicError: MetricFactory = () => () =>
  meanOf(each((value, target) => (logarithm(value) - logarithm(target)) ** 2))
/** `keras.metrics.LogCoshError`. */
export const logCoshError: MetricFactory = () => () => meanOf(each((value, target) => logCosh(value - target)))
/** `keras.metrics.Poisson`. */
export const poisson: MetricFactory = () => () =>
  meanOf(each((value, target) => value - target * Math.log(value + EPSILON)))

function square(value: number, target: number): number {
  return (value - target) ** 2
}

function logarithm(value: number): number {
  return Math.log(Math.max(value, EPSILON) + 1)
}

function logCosh(error: number): number {
  const far = -2 * error
  return error + (far > 0 ? far + Math.log1p(Math.exp(-far)) : Math.log1p(Math.exp(far))) - Math.LN2
}

/** One number for each of the prediction's; a target of one number per row counts for each of the row's. */
function each(error: (value: number, target: number) => number): (batch: MetricBatch) => Float64Array {
  return ({ target, prediction, classes }) => {
    const shared = target.length < prediction.length
    return Float64Array.from(prediction, (value, index) =>
      error(value, target[shared ? Math.floor(index / classes) : index] ?? 0),
    )
  }
}
