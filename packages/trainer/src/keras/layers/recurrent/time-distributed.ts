/** TimeDistributed: one layer on every step by itself. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, tensorsOf, weightsWithin, INPUTS_ALONE, type LayerFactory, type Shape } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'
import { onlyInput } from '../../shapes.ts'
import { callSignature } from '../call-signatures.ts'

/** Layers to which it makes a difference whether steps come one after another or all at once: their own statistics. */
const STEP_BY_STEP: ReadonlySet<string> = new Set(['BatchNormalization'])

/**
 * `keras.layers.TimeDistributed`. Steps are run together, as more rows, which comes to the same for layers that look at
 * one row at a time; others are run step by step.
 */
export const timeDistributed: LayerFactory = (config, inputs, _trainable, { inside }) => {
  const split = (shapes: readonly Shape[]): readonly [number, Shape] => {
    const [steps, ...step] = onlyInput(shapes, config)
    if (steps === undefined || step.length === 0) throw modelInvalid(`${config.where}: expected a sequence`)
    return [steps, step]
  }
  const { layer, className } = inside(config.value('layer') ?? null, [split(inputs)[1]], INPUTS_ALONE)
  if (className === 'Functional' || className === 'Sequential' || STEP_BY_STEP.has(className)) {
    if (layer.weights.some(({ trainable, name }) => !trainable && name.startsWith('moving'))) {
      throw modelUnsupported('layer', `around ${className} with moving averages`, config.where)
    }
  }
  return {
    weights: weightsWithin('layer', layer.weights),
    outputShape(shapes) {
      const [steps, step] = split(shapes)
      return [steps, ...layer.outputShape([step], INPUTS_ALONE)]
    },
    call(tensors, weights, pass, { masks: [mask] }) {
      // Keras hands each step's part of the mask to a layer that takes one.
      if (mask !== undefined && callSignature(className).includes('mask')) {
        throw modelUnsupported('layer', `around ${className} with a mask`, config.where)
      }
      const input = firstOf(tensors)
      const [rows = 0, steps = 0, ...step] = input.shape
      const together = tf.reshape(input, [rows * steps, ...step])
      const [output, ...others] = tensorsOf(layer.call([together], weights, pass, INPUTS_ALONE))
      if (output === undefined || others.length > 0) throw new TypeError(`${config.where}: expected one output`)
      return tf.reshape(output, [rows, steps, ...output.shape.slice(1)])
    },
  }
}
