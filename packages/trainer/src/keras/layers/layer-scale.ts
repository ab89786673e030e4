/** A learned number for each channel, as ConvNeXt has it at the end of its blocks. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, trainableWeight, type LayerFactory } from '../layer.ts'
import { onlyInput } from '../shapes.ts'

/** `keras.src.applications.convnext.LayerScale`. */
export const layerScale: LayerFactory = (config, _inputs, trainable) => {
  config.number('init_values')
  const channels = config.positiveInteger('projection_dim')
  return {
    weights: [trainableWeight('gamma', [channels], trainable)],
    outputShape: (shapes) => onlyInput(shapes, config),
    call: (inputs, [gamma]) => tf.mul(firstOf(inputs), firstOf([gamma])),
  }
}
