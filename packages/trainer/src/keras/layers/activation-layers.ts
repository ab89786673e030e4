/** Layers that are an activation: Activation, ReLU, LeakyReLU, PReLU, ELU, Softmax. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

import { elu, readActivation, relu, softmax, type Activation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { firstOf, trainableWeight, type Layer, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { featureAxis, onlyInput } from '../shapes.ts'

/** What Keras puts where a mask hides a number from a softmax. */
const HIDDEN = -1e9

/** `keras.layers.Activation`. */
export const activation: LayerFactory = (config) => elementwise(config, readActivation(config))

/** `keras.layers.ReLU`. */
export const reluLayer: LayerFactory = (config) => {
  const options = {
    maxValue: config.value('max_value') === undefined ? undefined : config.number('max_value'),
    negativeSlope: config.number('negative_slope', 0),
    threshold: config.number('threshold', 0),
  }
  return elementwise(config, (input) => relu(input, options))
}

/** `keras.layers.LeakyReLU`. */
export const leakyRelu: LayerFactory = (config) => {
  const slope = config.number('negative_slope', 0.3)
  return elementwise(config, (input) => tf.leakyRelu(input, slope))
}

/** `keras.layers.ELU`. */
export const eluLayer: LayerFactory = (config) => {
  const alpha = config.number('alpha', 1)
  return elementwise(config, (input) => elu(input, alpha))
}

/** `keras.layers.Softmax`, over one axis. */
export const softmaxLayer: LayerFactory = (config, inputs) => {
  const [axis = -1, ...more] = config.integers('axis') ?? []
  if (more.length > 0) throw modelUnsupported('option', 'axis of several', config.where)
  const positive = featureAxis(axis, onlyInput(inputs, config), config)
  return {
    weights: [],
    outputShape: (shapes) => onlyInput(shapes, config),
    call([input], _weights, pass, { masks: [mask] }) {
      const scores = firstOf([input])
      if (mask === undefined) return softmax(scores, pass, positive)
      if (!stretchesTo(mask.shape, scores.shape)) {
        throw modelInvalid(`${config.where}: a mask of [${mask.shape.join()}] does not fit [${scores.shape.join()}]`)
      }
      const counts = tf.cast(mask, 'bool')
      const share = softmax(tf.where(counts, scores, tf.scalar(HIDDEN)), pass, positive)
      // where everything is hidden, softmax alone would share evenly
      return tf.where(counts, share, tf.zerosLike(share))
    },
  }
}

/** `keras.layers.PReLU`: a learned slope below zero, shared along `shared_axes`. */
export const prelu: LayerFactory = (config, inputs, trainable) => {
  const shape = [...onlyInput(inputs, config)]
  for (const axis of config.integers('shared_axes') ?? []) {
    if (axis < 1 || axis > shape.length) throw modelInvalid(`${config.where}: there is no axis ${axis} to share`)
    shape[axis - 1] = 1
  }
  return {
    weights: [trainableWeight('alpha', shape, trainable, config.regularizer('alpha_regularizer'))],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputTensors, [alpha]) {
      const input = firstOf(inputTensors)
      return tf.sub(tf.relu(input), tf.mul(firstOf([alpha]), tf.relu(tf.neg(input))))
    },
  }
}

/** `keras.layers.ActivityRegularization`: changes nothing, and adds a penalty of what passes, per row. */
export const activityRegularization: LayerFactory = (config) => {
  const { l1, l2 } = { l1: config.number('l1', 0), l2: config.number('l2', 0) }
  return {
    weights: [],
    passesMask: true,
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputs, _weights, pass) {
      const input = firstOf(inputs)
      const penalty = tf.add(tf.mul(l1, tf.sum(tf.abs(input))), tf.mul(l2, tf.sum(tf.square(input))))
      pass.penalties.push(tf.div<Scalar>(penalty, input.shape[0] ?? 1))
      return input
    },
  }
}

/** A layer that changes numbers and keeps shapes. */
function elementwise(config: ConfigReader, apply: Activation): Layer {
  return {
    weights: [],
    outputShape: (shapes: readonly Shape[]) => onlyInput(shapes, config),
    call: (inputs: readonly Tensor[], _weights, pass) => apply(firstOf(inputs), pass),
  }
}

/** Whether a shape stretches to another one, aligned at the last axis. */
function stretchesTo(shape: readonly number[], whole: readonly number[]): boolean {
  const skipped = whole.length - shape.length
  return skipped >= 0 && shape.every((size, axis) => size === 1 || size === whole[axis + skipped])
}
