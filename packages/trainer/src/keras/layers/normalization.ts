/** GroupNormalization, RMSNormalization and UnitNormalization. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { firstOf, trainableWeight, type LayerFactory } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { featureAxis, onlyInput } from '../shapes.ts'
import { learnedWeight } from './learned-weight.ts'

/** `keras.layers.GroupNormalization`: the channels of one axis in groups, each to mean 0 and variance 1 in each row. */
export const groupNormalization: LayerFactory = (config, inputs, trainable) => {
  const shape = onlyInput(inputs, config)
  const axis = featureAxis(config.integer('axis', -1), shape, config)
  const channels = shape[axis - 1] ?? 1
  const asked = config.integer('groups', 32)
  const groups = asked === -1 ? channels : asked
  if (groups < 1 || channels % groups !== 0) {
    throw modelInvalid(`${config.where}: ${channels} channels form no ${groups} groups`)
  }
  const epsilon = config.number('epsilon', 1e-3)
  const hasScale = config.boolean('scale', true)
  const hasCenter = config.boolean('center', true)
  if (!hasScale) config.ignore('gamma_regularizer', 'gamma_constraint')
  if (!hasCenter) config.ignore('beta_regularizer', 'beta_constraint')
  const grouped = [...shape.slice(0, axis - 1), groups, channels / groups, ...shape.slice(axis)]
  const broadcast = [1, ...grouped.map((size, index) => (index === axis - 1 || index === axis ? size : 1))]
  const axes = grouped.map((_, index) => index + 1).filter((index) => index !== axis)

  return {
    weights: [
      ...(hasScale ? [learnedWeight(config, { name: 'gamma', shape: [channels], trainable })] : []),
      ...(hasCenter ? [learnedWeight(config, { name: 'beta', shape: [channels], trainable })] : []),
    ],
    passesMask: true,
    outputShape: (shapes) => onlyInput(shapes, config),
    call(tensors, weights) {
      const input = firstOf(tensors)
      const gamma = hasScale ? weights[0] : undefined
      const beta = hasCenter ? weights[hasScale ? 1 : 0] : undefined
      const parts = tf.reshape(input, [input.shape[0] ?? 0, ...grouped])
      const { mean, variance } = tf.moments(parts, axes, true)
      const inverse = tf.rsqrt(tf.add(variance, epsilon))
      const scale = gamma === undefined ? inverse : tf.mul(inverse, tf.reshape(gamma, broadcast))
      const shifted = tf.neg(tf.mul(mean, scale))
      const offset = beta === undefined ? shifted : tf.add(shifted, tf.reshape(beta, broadcast))
      return tf.reshape(tf.add(tf.mul(parts, scale), offset), input.shape)
    },
  }
}

/** `keras.layers.RMSNormalization`: divided by the root of the mean square along the axes, times a learned scale. */
export const rmsNormalization: LayerFactory = (config, inputs, trainable) => {
  const shape = onlyInput(inputs, config)
  const axes = (config.integers('axis') ?? [-1]).map((axis) => featureAxis(axis, shape, config)).sort((a, b) => a - b)
  const epsilon = config.number('epsilon', 1e-6)
  if (axes[0] !== shape.length + 1 - axes.length) {
    throw modelUnsupported('option', `axis=${axes.join()}`, config.where, 'Keras scales along the last axes alone')
  }

  return {
    weights: [
      trainableWeight(
        'scale',
        axes.map((axis) => shape[axis - 1] ?? 1),
        trainable,
      ),
    ],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(tensors, [scale]) {
      const input = firstOf(tensors)
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(input), axes, true), epsilon))
      return tf.mul(tf.mul(input, inverse), firstOf([scale]))
    },
  }
}

/** `keras.layers.UnitNormalization`: length 1 along the axes. */
export const unitNormalization: LayerFactory = (config, inputs) => {
  const shape = onlyInput(inputs, config)
  const axes = (config.integers('axis') ?? [-1]).map((axis) => featureAxis(axis, shape, config))
  return {
    weights: [],
    passesMask: true,
    outputShape: (shapes) => onlyInput(shapes, config),
    call: (tensors) => unitLength(firstOf(tensors), axes),
  }
}

/** Divided by the length along axes; what is shorter than 1e-12 by that (`keras.ops.normalize`). */
export function unitLength(input: Tensor, axes: readonly number[]): Tensor {
  return tf.mul(input, tf.minimum(tf.rsqrt(tf.sum(tf.square(input), [...axes], true)), 1e12))
}
