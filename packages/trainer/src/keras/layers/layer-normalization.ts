/** LayerNormalization: each row (or position) to mean 0 and variance 1. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, trainableWeight, type LayerFactory } from '../layer.ts'
import { featureAxis, onlyInput } from '../shapes.ts'

/** `keras.layers.LayerNormalization`, over one axis or several. */
export const layerNormalization: LayerFactory = (config, inputs, trainable) => {
  const shape = onlyInput(inputs, config)
  const axes = (config.integers('axis') ?? [-1]).map((axis) => featureAxis(axis, shape, config)).sort((a, b) => a - b)
  const epsilon = config.number('epsilon', 1e-3)
  const hasScale = config.boolean('scale', true)
  const hasCenter = config.boolean('center', true)
  const gammaRegularizer = config.regularizer('gamma_regularizer')
  const betaRegularizer = config.regularizer('beta_regularizer')
  const normalized = axes.map((axis) => shape[axis - 1] ?? 1)
  const broadcast = [1, ...shape.map((size, index) => (axes.includes(index + 1) ? size : 1))]

  return {
    weights: [
      ...(hasScale ? [trainableWeight('gamma', normalized, trainable, gammaRegularizer)] : []),
      ...(hasCenter ? [trainableWeight('beta', normalized, trainable, betaRegularizer)] : []),
    ],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputTensors, weights) {
      const input = firstOf(inputTensors)
      const gamma = hasScale ? weights[0] : undefined
      const beta = hasCenter ? weights[hasScale ? 1 : 0] : undefined
      const { mean, variance } = tf.moments(input, axes, true)
      const inverse = tf.rsqrt(tf.add(variance, epsilon))
      const scale = gamma === undefined ? inverse : tf.mul(inverse, tf.reshape(gamma, broadcast))
      const shifted = tf.mul(mean, scale)
      const offset = beta === undefined ? tf.neg(shifted) : tf.sub(tf.reshape(beta, broadcast), shifted)
      return tf.add(tf.mul(input, scale), offset)
    },
  }
}
