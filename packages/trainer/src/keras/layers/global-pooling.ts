/** Pooling over all of an image or sequence, and over parts of it that follow its size. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { alongAxis } from '../along-axis.ts'
import type { ConfigReader } from '../config-reader.ts'
import { everyNth } from '../convolve-any.ts'
import { firstOf, type Layer, type LayerFactory } from '../layer.ts'
import { onlyInput } from '../shapes.ts'
import { inChannelsLast } from './data-format.ts'

type Kind = 'max' | 'average'
type Inputs = Parameters<LayerFactory>[1]

/** `keras.layers.GlobalMaxPooling1D`. */
export const globalMaxPooling1d: LayerFactory = (config, inputs) => globally(config, inputs, 1, 'max')
/** `keras.layers.GlobalMaxPooling2D`. */
export const globalMaxPooling2d: LayerFactory = (config, inputs) => globally(config, inputs, 2, 'max')
/** `keras.layers.GlobalMaxPooling3D`. */
export const globalMaxPooling3d: LayerFactory = (config, inputs) => globally(config, inputs, 3, 'max')
/** `keras.layers.GlobalAveragePooling1D`; of a masked input, the mean of the steps that count. */
export const globalAveragePooling1d: LayerFactory = (config, inputs) => {
  const layer = globally(config, inputs, 1, 'average')
  const stepsAxis = config.text('data_format', 'channels_last') === 'channels_last' ? 1 : 2
  const keepAxes = config.boolean('keepdims', false)
  return {
    ...layer,
    call(tensors, weights, pass, given) {
      const [mask] = given.masks
      if (mask === undefined) return layer.call(tensors, weights, pass, given)
      const counted = tf.expandDims(tf.cast(mask, 'float32'), stepsAxis === 1 ? 2 : 1)
      const sum = tf.sum(tf.mul(firstOf(tensors), counted), stepsAxis, keepAxes)
      return tf.div(sum, tf.sum(counted, stepsAxis, keepAxes))
    },
  }
}
/** `keras.layers.GlobalAveragePooling2D`. */
export const globalAveragePooling2d: LayerFactory = (config, inputs) => globally(config, inputs, 2, 'average')
/** `keras.layers.GlobalAveragePooling3D`. */
export const globalAveragePooling3d: LayerFactory = (config, inputs) => globally(config, inputs, 3, 'average')
/** `keras.layers.AdaptiveMaxPooling1D`. */
export const adaptiveMaxPooling1d: LayerFactory = (config, inputs) => adaptive(config, inputs, 1, 'max')
/** `keras.layers.AdaptiveMaxPooling2D`. */
export const adaptiveMaxPooling2d: LayerFactory = (config, inputs) => adaptive(config, inputs, 2, 'max')
/** `keras.layers.AdaptiveMaxPooling3D`. */
export const adaptiveMaxPooling3d: LayerFactory = (config, inputs) => adaptive(config, inputs, 3, 'max')
/** `keras.layers.AdaptiveAveragePooling1D`. */
export const adaptiveAveragePooling1d: LayerFactory = (config, inputs) => adaptive(config, inputs, 1, 'average')
/** `keras.layers.AdaptiveAveragePooling2D`. */
export const adaptiveAveragePooling2d: LayerFactory = (config, inputs) => adaptive(config, inputs, 2, 'average')
/** `keras.layers.AdaptiveAveragePooling3D`. */
export const adaptiveAveragePooling3d: LayerFactory = (config, inputs) => adaptive(config, inputs, 3, 'average')

function globally(config: ConfigReader, inputs: Inputs, rank: number, kind: Kind): Layer {
  const keepAxes = config.boolean('keepdims', false)
  const axes = Array.from({ length: rank }, (_, axis) => axis + 1)
  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) => {
      const channels = onlyInput(shapes, config, rank + 1).slice(rank)
      return keepAxes ? [...axes.map(() => 1), ...channels] : channels
    },
    call: (tensors) => {
      const input = firstOf(tensors)
      return kind === 'max' ? tf.max(input, axes, keepAxes) : tf.mean(input, axes, keepAxes)
    },
  }))
}

/** As many windows as asked for along each axis: the n-th from ⌊n·length/count⌋ to ⌈(n+1)·length/count⌉. */
function adaptive(config: ConfigReader, inputs: Inputs, rank: number, kind: Kind): Layer {
  const counts = config.sizes('output_size', rank)
  const poolAxis = kind === 'max' ? largestAlong : meanAlong
  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) => [...counts, ...onlyInput(shapes, config, rank + 1).slice(rank)],
    call: (tensors) =>
      counts.reduce((tensor: Tensor, count, axis) => poolAxis(tensor, axis + 1, count), firstOf(tensors)),
  }))
}

function windowsOf(length: number, count: number): readonly { readonly start: number; readonly size: number }[] {
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * length) / count)
    return { start, size: Math.ceil(((index + 1) * length) / count) - start }
  })
}

function largestAlong(input: Tensor, axis: number, count: number): Tensor {
  const parts = windowsOf(input.shape[axis] ?? 0, count).map(({ start, size }) =>
    tf.max(everyNth(input, axis, { start, count: size, stride: 1 }), axis, true),
  )
  return tf.concat(parts, axis)
}

function meanAlong(input: Tensor, axis: number, count: number): Tensor {
  const length = input.shape[axis] ?? 0
  const shares = new Float32Array(length * count)
  for (const [column, { start, size }] of windowsOf(length, count).entries()) {
    for (let row = start; row < start + size; row += 1) shares[row * count + column] = 1 / size
  }
  return alongAxis(input, axis, tf.tensor2d(shares, [length, count]))
}
