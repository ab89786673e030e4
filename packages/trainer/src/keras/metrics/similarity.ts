/** How alike target and prediction are, row by row: by direction or by correlation. @module */

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'
import { meanOf } from './mean.ts'

const EPSILON = 1e-7

/** `keras.metrics.CosineSimilarity`. */
export const cosineSimilarity: MetricFactory = (config) =>
  perRow(config, (target, prediction) => {
    const length = (values: Float32Array): number =>
      Math.min(1 / Math.sqrt(sum(values, (value) => value * value)), 1 / EPSILON)
    return sum(target, (value, index) => value * (prediction[index] ?? 0)) * length(target) * length(prediction)
  })

/** `keras.metrics.PearsonCorrelation`. */
export const pearsonCorrelation: MetricFactory = (config) =>
  perRow(config, (target, prediction) => {
    const [left, right] = [centred(target), centred(prediction)]
    const product = sum(left, (value, index) => value * (right[index] ?? 0)) / left.length
    return product / Math.sqrt(variance(left) * variance(right))
  })

/** `keras.metrics.ConcordanceCorrelation`, in Keras's form: its covariance takes the prediction's mean twice. */
export const concordanceCorrelation: MetricFactory = (config) =>
  perRow(config, (target, prediction) => {
    const [targetMean, mean] = [meanValue(target), meanValue(prediction)]
    const norm = variance(centred(target)) + variance(centred(prediction)) + (targetMean - mean) ** 2
    const covariance = sum(target, (value, index) => (value - mean) * ((prediction[index] ?? 0) - mean))
    return (2 * covariance) / target.length / (norm + EPSILON)
  })

function perRow(
  config: ConfigReader,
  likeness: (target: Float32Array, prediction: Float32Array) => number,
): () => Metric {
  const axis = config.integer('axis', -1)
  if (axis !== -1) throw modelUnsupported('option', `axis=${axis}`, config.where)
  return () =>
    meanOf(({ target, prediction, classes }) =>
      Array.from({ length: prediction.length / classes }, (_, position) => {
        const [start, end] = [position * classes, (position + 1) * classes]
        return likeness(target.subarray(start, end), prediction.subarray(start, end))
      }),
    )
}

function sum(values: ArrayLike<number>, of: (value: number, index: number) => number): number {
  let total = 0
  for (let index = 0; index < values.length; index += 1) total += of(values[index] ?? 0, index)
  return total
}

function meanValue(values: ArrayLike<number>): number {
  return sum(values, (value) => value) / values.length
}

function centred(values: Float32Array): Float64Array {
  const mean = meanValue(values)
  return Float64Array.from(values, (value) => value - mean)
}

function variance(values: Float64Array): number {
  return sum(values, (value) => value * value) / values.length
}
