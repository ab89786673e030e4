/** Max and average pooling over windows. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { firstOf, type Layer, type LayerFactory } from '../layer.ts'
import { onlyInput, slidingLength } from '../shapes.ts'
import { inChannelsLast } from './data-format.ts'

type Kind = 'max' | 'average'

/** `keras.layers.MaxPooling1D`. */
export const maxPooling1d: LayerFactory = (config, inputs) => pooling(config, inputs, 1, 'max')
/** `keras.layers.MaxPooling2D`. */
export const maxPooling2d: LayerFactory = (config, inputs) => pooling(config, inputs, 2, 'max')
/** `keras.layers.MaxPooling3D`. */
export const maxPooling3d: LayerFactory = (config, inputs) => pooling(config, inputs, 3, 'max')
/** `keras.layers.AveragePooling1D`. */
export const averagePooling1d: LayerFactory = (config, inputs) => pooling(config, inputs, 1, 'average')
/** `keras.layers.AveragePooling2D`; padding counts in no average. */
export const averagePooling2d: LayerFactory = (config, inputs) => pooling(config, inputs, 2, 'average')
/** `keras.layers.AveragePooling3D`; padding counts in no average. */
export const averagePooling3d: LayerFactory = (config, inputs) => pooling(config, inputs, 3, 'average')

function pooling(config: ConfigReader, inputs: Parameters<LayerFactory>[1], rank: 1 | 2 | 3, kind: Kind): Layer {
  const size = config.sizes('pool_size', rank, 2)
  const strides = config.value('strides') === undefined ? size : config.sizes('strides', rank)
  const padding = config.oneOf('padding', ['valid', 'same'])
  const windows = size.map((length, axis) => ({ size: length, stride: strides[axis] ?? 1 }))

  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape(shapes) {
      const shape = onlyInput(shapes, config, rank + 1)
      return shape.map((length, axis) => {
        const window = windows[axis]
        return window === undefined ? length : slidingLength(length, { ...window, dilation: 1, padding }, config)
      })
    },
    call: (tensors) => pool(firstOf(tensors), windows, { kind, padding }),
  }))
}

interface Window {
  readonly size: number
  readonly stride: number
}

interface Manner {
  readonly kind: Kind
  readonly padding: 'same' | 'valid'
}

/**
 * One axis is pooled as two of which the first has length 1; of three, the first is pooled after the other two: the
 * largest of the largest, and the mean of means that count only what lies inside.
 */
function pool(input: Tensor, windows: readonly Window[], manner: Manner): Tensor {
  const [first, second, third] = windows
  if (first === undefined) return input
  if (second === undefined) return tf.squeeze(poolFlat(tf.expandDims(input, 1), [POINT, first], manner), [1])
  if (third === undefined) return poolFlat(input, [first, second], manner)
  const [rows = 0, depth = 0, ...slice] = input.shape
  const flat = poolFlat(tf.reshape(input, [rows * depth, ...slice]), [second, third], manner)
  const [, high = 0, wide = 0, channels = 0] = flat.shape
  const deep = poolFlat(tf.reshape(flat, [rows, depth, high * wide, channels]), [first, POINT], manner)
  return tf.reshape(deep, [rows, deep.shape[1] ?? 0, high, wide, channels])
}

const POINT: Window = { size: 1, stride: 1 }

function poolFlat(input: Tensor, [high, wide]: readonly [Window, Window], { kind, padding }: Manner): Tensor {
  const apply = kind === 'max' ? tf.maxPool : tf.avgPool
  return apply(input as Tensor4D, [high.size, wide.size], [high.stride, wide.stride], padding)
}
