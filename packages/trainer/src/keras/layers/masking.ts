/** Masking: steps whose numbers are all one value do not count. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory } from '../layer.ts'
import { onlyInput } from '../shapes.ts'

/** `keras.layers.Masking`. Steps that do not count become zeros. */
export const masking: LayerFactory = (config) => {
  const hidden = config.number('mask_value', 0)
  return {
    weights: [],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputs) {
      const input = firstOf(inputs)
      const shown = tf.any(tf.notEqual(input, hidden), -1, true)
      return { tensors: [tf.mul(input, tf.cast(shown, 'float32'))], masks: [tf.squeeze(shown, [-1])] }
    },
  }
}
