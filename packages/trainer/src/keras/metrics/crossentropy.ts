/** Crossentropies and divergence of probabilities. @module */

import type { MetricBatch, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'
import { meanOf } from './mean.ts'

const EPSILON = 1e-7

/** `keras.metrics.BinaryCrossentropy`. */
export const binaryCrossentropy: MetricFactory = (config) => {
  const fromLogits = config.boolean('from_logits', false)
  const smoothing = config.number('label_smoothing', 0)
  return () =>
    meanOf(({ target, prediction, logits }) => {
      const scores = logits ?? (fromLogits ? prediction : undefined)
      return Float64Array.from(prediction, (value, index) => {
        const truth = (target[index] ?? 0) * (1 - smoothing) + 0.5 * smoothing
        if (scores !== undefined) {
          const score = scores[index] ?? 0
          return Math.max(score, 0) - score * truth + Math.log1p(Math.exp(-Math.abs(score)))
        }
        const probability = clip(value)
        return -(truth * Math.log(probability) + (1 - truth) * Math.log(1 - probability))
      })
    })
}

/** `keras.metrics.CategoricalCrossentropy`, classes on the last axis. */
export const categoricalCrossentropy: MetricFactory = (config) => {
  const fromLogits = config.boolean('from_logits', false)
  const smoothing = config.number('label_smoothing', 0)
  const axis = config.integer('axis', -1)
  if (axis !== -1) throw modelUnsupported('option', `axis=${axis}`, config.where)
  return () =>
    meanOf((batch) =>
      perPosition(batch, ({ target, prediction, logits }) => {
        const scores = logits ?? (fromLogits ? prediction : undefined)
        const total = prediction.reduce((sum, value) => sum + value, 0)
        const logarithms =
          scores === undefined ? Array.from(prediction, (value) => Math.log(clip(value / total))) : logSoftmax(scores)
        const truths = Array.from(target, (value) => value * (1 - smoothing) + smoothing / batch.classes)
        return -truths.reduce((sum, truth, index) => sum + truth * (logarithms[index] ?? 0), 0)
      }),
    )
}

/** `keras.metrics.SparseCategoricalCrossentropy`. Of an ignored class every number counts as 0, not as absent. */
export const sparseCategoricalCrossentropy: MetricFactory = (config) => {
  const fromLogits = config.boolean('from_logits', false)
  const ignored = config.value('ignore_class') === undefined ? undefined : config.integer('ignore_class')
  const axis = config.integer('axis', -1)
  if (axis !== -1) throw modelUnsupported('option', `axis=${axis}`, config.where)
  const crossentropies = (batch: MetricBatch): readonly number[] =>
    perPosition(batch, ({ prediction, logits }, position) => {
      const label = batch.target[position] ?? 0
      if (label === ignored) return 0
      const whole = ignored === undefined ? logits : undefined // what was masked is no softmax's output any more
      const scores = whole ?? (fromLogits ? prediction : prediction.map((value) => Math.log(clip(value))))
      return -(logSoftmax(scores)[label] ?? 0)
    })
  return () => meanOf(crossentropies, { ignores: ({ target }, position) => target[position] === ignored })
}

/** `keras.metrics.KLDivergence`. */
export const klDivergence: MetricFactory = () => () =>
  meanOf((batch) =>
    perPosition(batch, ({ target, prediction }) => {
      const kept = (value: number): number => Math.min(1, Math.max(EPSILON, value))
      return target.reduce(
        (sum, truth, index) => sum + kept(truth) * Math.log(kept(truth) / kept(prediction[index] ?? 0)),
        0,
      )
    }),
  )

type Position = Pick<MetricBatch, 'target' | 'prediction' | 'logits'>

/** One number per row and step, from the numbers of its classes. */
function perPosition(batch: MetricBatch, value: (part: Position, position: number) => number): readonly number[] {
  const { target, prediction, logits, classes } = batch
  return Array.from({ length: prediction.length / classes }, (_, position) => {
    const [start, end] = [position * classes, (position + 1) * classes]
    return value(
      {
        target: target.subarray(start, end),
        prediction: prediction.subarray(start, end),
        ...(logits === undefined ? {} : { logits: logits.subarray(start, end) }),
      },
      position,
    )
  })
}

function logSoftmax(scores: Float32Array): readonly number[] {
  const top = Math.max(...scores)
  const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0))
  return Array.from(scores, (score) => score - top - total)
}

function clip(probability: number): number {
  return Math.min(1 - EPSILON, Math.max(EPSILON, probability))
}
