/** Layers that keep the numbers and change their order or shape. @module */

import * as tf from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { onlyInput, sizeOf } from '../shapes.ts'
import { channelsToLast } from './data-format.ts'

/** `keras.layers.Flatten`: all axes of a row into one, channels last. */
export const flatten: LayerFactory = (config) => {
  const channelsFirst = config.oneOf('data_format', ['channels_last', 'channels_first']) === 'channels_first'
  return {
    weights: [],
    outputShape: (shapes) => [sizeOf(onlyInput(shapes, config))],
    call(inputs) {
      const input = firstOf(inputs)
      return tf.reshape(channelsFirst ? channelsToLast(input) : input, [input.shape[0] ?? 0, -1])
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

/** `keras.layers.Permute`: the axes of a row in another order, counted from 1. */
export const permute: LayerFactory = (config, inputs) => {
  const dims = config.integers('dims') ?? []
  const rank = onlyInput(inputs, config).length
  if ([...dims].sort((a, b) => a - b).join() !== Array.from({ length: rank }, (_, axis) => axis + 1).join()) {
    throw modelInvalid(`${config.where}: expected every axis from 1 to ${rank} once as dims, got [${dims.join()}]`)
  }
  return {
    weights: [],
    outputShape: (shapes) => {
      const shape = onlyInput(shapes, config, rank)
      return dims.map((axis) => shape[axis - 1] ?? 1)
    },
    call: (tensors) => tf.transpose(firstOf(tensors), [0, ...dims]),
  }
}

/** `keras.layers.RepeatVector`: each row `n` times, as a sequence. */
export const repeatVector: LayerFactory = (config) => {
  const times = config.positiveInteger('n')
  return {
    weights: [],
    outputShape: (shapes) => [times, ...onlyInput(shapes, config, 1)],
    call: (tensors) => tf.tile(tf.expandDims(firstOf(tensors), 1), [1, times, 1]),
  }
}

/** `keras.layers.Identity`. */
export const identity: LayerFactory = (config) => ({
  weights: [],
  passesMask: true,
  outputShape: (shapes) => onlyInput(shapes, config),
  call: (tensors) => firstOf(tensors),
})
