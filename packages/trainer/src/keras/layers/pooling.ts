/** Max and average pooling over windows, and over everything. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { firstOf, type Layer, type LayerFactory } from '../layer.ts'
import { assertChannelsLast, onlyInput, slidingLength } from '../shapes.ts'

type Kind = 'max' | 'average'

/** `keras.layers.MaxPooling1D`. */
export const maxPooling1d: LayerFactory = (config) => pooling(config, 1, 'max')
/** `keras.layers.MaxPooling2D`. */
export const maxPooling2d: LayerFactory = (config) => pooling(config, 2, 'max')
/** `keras.layers.AveragePooling1D`. */
export const averagePooling1d: LayerFactory = (config) => pooling(config, 1, 'average')
/** `keras.layers.AveragePooling2D`; padding counts in no average. */
export const averagePooling2d: LayerFactory = (config) => pooling(config, 2, 'average')
/** `keras.layers.GlobalMaxPooling1D`. */
export const globalMaxPooling1d: LayerFactory = (config) => globalPooling(config, 1, 'max')
/** `keras.layers.GlobalMaxPooling2D`. */
export const globalMaxPooling2d: LayerFactory = (config) => globalPooling(config, 2, 'max')
/** `keras.layers.GlobalAveragePooling1D`. */
export const globalAveragePooling1d: LayerFactory = (config) => globalPooling(config, 1, 'average')
/** `keras.layers.GlobalAveragePooling2D`. */
export const globalAveragePooling2d: LayerFactory = (config) => globalPooling(config, 2, 'average')

/** One dimension runs as two of which the first has length 1. */
function pooling(config: ConfigReader, rank: 1 | 2, kind: Kind): Layer {
  const size = config.sizes('pool_size', rank, 2)
  const strides = config.value('strides') === undefined ? size : config.sizes('strides', rank)
  const padding = config.oneOf('padding', ['valid', 'same'])
  assertChannelsLast(config)
  const window: [number, number] = rank === 1 ? [1, size[0] ?? 1] : [size[0] ?? 1, size[1] ?? 1]
  const step: [number, number] = rank === 1 ? [1, strides[0] ?? 1] : [strides[0] ?? 1, strides[1] ?? 1]

  return {
    weights: [],
    outputShape(shapes) {
      const shape = onlyInput(shapes, config, rank + 1)
      return shape.map((length, axis) =>
        axis === rank
          ? length
          : slidingLength(length, { size: size[axis] ?? 1, stride: strides[axis] ?? 1, dilation: 1, padding }, config),
      )
    },
    call(inputs) {
      const input = firstOf(inputs)
      const image = (rank === 1 ? tf.expandDims(input, 1) : input) as Tensor4D
      const pooled =
        kind === 'max' ? tf.maxPool(image, window, step, padding) : tf.avgPool(image, window, step, padding)
      return rank === 1 ? tf.squeeze(pooled, [1]) : pooled
    },
  }
}

function globalPooling(config: ConfigReader, rank: 1 | 2, kind: Kind): Layer {
  assertChannelsLast(config)
  const keepAxes = config.boolean('keepdims', false)
  const axes = rank === 1 ? [1] : [1, 2]
  const reduce = (input: Tensor): Tensor =>
    kind === 'max' ? tf.max(input, axes, keepAxes) : tf.mean(input, axes, keepAxes)
  return {
    weights: [],
    outputShape: (shapes) => {
      const channels = onlyInput(shapes, config, rank + 1).slice(rank)
      return keepAxes ? [...axes.map(() => 1), ...channels] : channels
    },
    call: (inputs) => reduce(firstOf(inputs)),
  }
}
