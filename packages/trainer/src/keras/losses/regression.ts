/** Losses of numbers: squared, absolute, relative and logarithmic errors, and those of counts and directions. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { EPSILON, type LossClass, type PositionLoss } from './loss-class.ts'

/** All of them, by Keras's class. */
export const REGRESSION_LOSSES: ReadonlyMap<string, LossClass> = new Map<string, LossClass>([
  ['MeanSquaredError', each((target, output) => tf.square(tf.sub(target, output)))],
  ['MeanAbsoluteError', each((target, output) => tf.abs(tf.sub(target, output)))],
  ['MeanAbsolutePercentageError', { labels: 'regression', create: () => percentageError }],
  ['MeanSquaredLogarithmicError', each(squaredLogarithmicError)],
  ['LogCosh', each(logCosh)],
  ['Poisson', each((target, output) => tf.sub(output, tf.mul(target, tf.log(tf.add(output, EPSILON)))))],
  ['Huber', { labels: 'regression', create: huber }],
  ['CosineSimilarity', { labels: 'regression', create: cosineSimilarity }],
])

/** A loss that is the mean over the last axis of one number for each number. */
function each(loss: (target: Tensor, output: Tensor) => Tensor): LossClass {
  return {
    labels: 'regression',
    create:
      () =>
      (target, { output }) =>
        tf.mean(loss(target, output), -1),
  }
}

const percentageError: PositionLoss = (target, { output }) => {
  const share = tf.abs(tf.div(tf.sub(target, output), tf.maximum(tf.abs(target), EPSILON)))
  return tf.mul(100, tf.mean(share, -1))
}

function squaredLogarithmicError(target: Tensor, output: Tensor): Tensor {
  const logarithm = (values: Tensor): Tensor => tf.log(tf.add(tf.maximum(values, EPSILON), 1))
  return tf.square(tf.sub(logarithm(output), logarithm(target)))
}

function logCosh(target: Tensor, output: Tensor): Tensor {
  const error = tf.sub(output, target)
  return tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), Math.fround(Math.LN2))
}

function huber(config: ConfigReader): PositionLoss {
  const delta = config.number('delta', 1)
  return (target, { output }) => {
    const error = tf.sub(output, target)
    const distance = tf.abs(error)
    const far = tf.sub(tf.mul(delta, distance), 0.5 * delta * delta)
    return tf.mean(tf.where(tf.lessEqual(distance, delta), tf.mul(0.5, tf.square(error)), far), -1)
  }
}

function cosineSimilarity(config: ConfigReader): PositionLoss {
  const axis = config.integer('axis', -1)
  const direction = (values: Tensor): Tensor => {
    const inverse = tf.rsqrt(tf.sum(tf.square(values), axis, true))
    return tf.mul(values, tf.minimum(inverse, 1 / EPSILON))
  }
  return (target, { output }) => tf.neg(tf.sum(tf.mul(direction(target), direction(output)), axis))
}
