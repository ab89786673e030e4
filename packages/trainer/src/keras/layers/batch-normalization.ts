/** BatchNormalization of one axis. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

import { firstOf, stateWeight, trainableWeight, type LayerFactory } from '../layer.ts'
import { modelUnsupported } from '../model-errors.ts'
import { featureAxis, onlyInput } from '../shapes.ts'

/**
 * `keras.layers.BatchNormalization`: batch statistics while training (and moving averages of them), moving averages
 * else. A frozen layer uses its moving averages always, as Keras does.
 */
export const batchNormalization: LayerFactory = (config, inputs, trainable) => {
  const shape = onlyInput(inputs, config)
  const [asked = -1, ...more] = config.integers('axis') ?? []
  if (more.length > 0) throw modelUnsupported('option', 'axis of several', config.where)
  const axis = featureAxis(asked, shape, config)
  const channels = [shape[axis - 1] ?? 1]
  const stretch = (weight: Tensor): Tensor =>
    axis === shape.length ? weight : tf.reshape(weight, [...channels, ...shape.slice(axis).map(() => 1)])
  const momentum = config.number('momentum', 0.99)
  const epsilon = config.number('epsilon', 1e-3)
  const hasScale = config.boolean('scale', true)
  const hasCenter = config.boolean('center', true)
  const gammaRegularizer = config.regularizer('gamma_regularizer')
  const betaRegularizer = config.regularizer('beta_regularizer')
  config.ignore('renorm_momentum') // counts only beside `renorm`, which is refused

  return {
    weights: [
      ...(hasScale ? [trainableWeight('gamma', channels, trainable, gammaRegularizer)] : []),
      ...(hasCenter ? [trainableWeight('beta', channels, trainable, betaRegularizer)] : []),
      stateWeight('moving_mean', channels),
      stateWeight('moving_variance', channels),
    ],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputTensors, weights, pass, { masks: [mask] }) {
      const input = firstOf(inputTensors)
      const gamma = hasScale ? weights[0] : undefined
      const beta = hasCenter ? weights[hasScale ? 1 : 0] : undefined
      const [movingMean, movingVariance] = weights.slice(-2)
      let mean: Tensor = firstOf([movingMean])
      let variance: Tensor = firstOf([movingVariance])
      if (pass.training && trainable) {
        const axes = Array.from({ length: input.rank }, (_, index) => index).filter((index) => index !== axis)
        const batch = mask === undefined ? tf.moments(input, axes) : maskedMoments(input, mask, axes)
        mean = batch.mean
        variance = batch.variance
        move(firstOf([movingMean]), mean, momentum)
        move(firstOf([movingVariance]), variance, momentum)
      }
      const inverse = tf.rsqrt(tf.add(variance, epsilon))
      const scale = gamma === undefined ? inverse : tf.mul(inverse, gamma)
      const shifted = tf.mul(mean, scale)
      const offset = beta === undefined ? tf.neg(shifted) : tf.sub(beta, shifted)
      return tf.add(tf.mul(input, stretch(scale)), stretch(offset))
    },
  }
}

/** Keras keeps the counts of a masked mean above this. */
const EPSILON = 1e-7

/** Mean and variance of what a mask lets through (`BatchNormalization._moments`). */
function maskedMoments(
  input: Tensor,
  mask: Tensor,
  axes: number[],
): { readonly mean: Tensor; readonly variance: Tensor } {
  const counted = tf.mul(tf.expandDims(tf.cast(mask, 'float32'), -1), tf.ones(input.shape))
  const shown = tf.mul(counted, input)
  const count = tf.add(tf.sum(counted, axes, true), EPSILON)
  const mean = tf.div(tf.sum(shown, axes, true), count)
  const squares = tf.mul(counted, tf.square(tf.sub(shown, mean)))
  return { mean: tf.sum(mean, axes), variance: tf.sum(tf.div(tf.sum(squares, axes, true), count), axes) }
}

function move(average: Variable, value: Tensor, momentum: number): void {
  average.assign(tf.add(tf.mul(average, momentum), tf.mul(value, 1 - momentum)))
}
