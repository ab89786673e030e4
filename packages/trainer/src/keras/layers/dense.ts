/** Dense: `activation(x · kernel + bias)` over the last axis. @module */

import * as tf from '@tensorflow/tfjs-core'

import { readActivation } from '../activations.ts'
import { firstOf, trainableWeight, type LayerFactory } from '../layer.ts'
import { lastOf, onlyInput } from '../shapes.ts'

/** `keras.layers.Dense`. */
export const dense: LayerFactory = (config, inputs, trainable) => {
  const features = lastOf(onlyInput(inputs, config), config)
  const units = config.positiveInteger('units')
  const useBias = config.boolean('use_bias', true)
  const activation = readActivation(config)
  const kernelRegularizer = config.regularizer('kernel_regularizer')
  const biasRegularizer = config.regularizer('bias_regularizer')

  return {
    weights: [
      trainableWeight('kernel', [features, units], trainable, kernelRegularizer),
      ...(useBias ? [trainableWeight('bias', [units], trainable, biasRegularizer)] : []),
    ],
    outputShape: (shapes) => [...onlyInput(shapes, config).slice(0, -1), units],
    call(inputTensors, [kernel, bias], pass) {
      const input = firstOf(inputTensors)
      const product = tf.matMul(tf.reshape(input, [-1, features]), firstOf([kernel]))
      const sum = bias === undefined ? product : tf.add(product, bias)
      return activation(tf.reshape(sum, [...input.shape.slice(0, -1), units]), pass)
    },
  }
}
