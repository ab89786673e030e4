/** Flatten and Reshape. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { assertChannelsLast, onlyInput, sizeOf } from '../shapes.ts'

/** `keras.layers.Flatten`: all axes of a row into one. */
export const flatten: LayerFactory = (config) => {
  assertChannelsLast(config)
  return {
    weights: [],
    outputShape: (shapes) => [sizeOf(onlyInput(shapes, config))],
    call(inputs) {
      const input = firstOf(inputs)
      return tf.reshape(input, [input.shape[0] ?? 0, -1])
    },
  }
}

/** `keras.layers.Reshape`: another shape for the same numbers; one dimension may be −1. */
export const reshape: LayerFactory = (config, inputs) => {
  const size = sizeOf(onlyInput(inputs, config))
  const wanted = config.integers('target_shape') ?? []
  const open = wanted.filter((dimension) => dimension === -1).length
  const known = sizeOf(wanted.filter((dimension) => dimension !== -1))
  const shape = wanted.map((dimension) => (dimension === -1 ? size / known : dimension))
  if (
    open > 1 ||
    sizeOf(shape) !== size ||
    !shape.every((dimension) => Number.isSafeInteger(dimension) && dimension > 0)
  ) {
    throw modelInvalid(`${config.where}: expected a shape of ${size} numbers, got [${wanted.join(', ')}]`)
  }
  return {
    weights: [],
    outputShape: () => shape,
    call(inputTensors) {
      const input = firstOf(inputTensors)
      return tf.reshape(input, [input.shape[0] ?? 0, ...shape])
    },
  }
}
