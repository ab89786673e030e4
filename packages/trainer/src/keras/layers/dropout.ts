/** Dropout with masks from the run's own seed. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { onlyInput } from '../shapes.ts'

/**
 * `keras.layers.Dropout`: zeroes a share of the numbers while training and scales up the rest. Keras's `seed` is passed
 * over: masks come from the run's seed, so that they differ from step to step and repeat from run to run.
 */
export const dropout: LayerFactory = (config) => {
  const rate = config.number('rate')
  if (!(rate >= 0 && rate <= 1)) throw modelInvalid(`${config.where}: expected a rate from 0 to 1, got ${rate}`)
  config.ignore('seed')

  return {
    weights: [],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputs, _weights, pass) {
      const input = firstOf(inputs)
      if (!pass.training || rate === 0) return input
      const kept = rate === 1 ? 0 : 1 / (1 - rate)
      const mask = Float32Array.from({ length: input.size }, () => (pass.random.nextFloat() >= rate ? kept : 0))
      return tf.mul(input, tf.tensor(mask, input.shape))
    },
  }
}
