/** UpSampling, ZeroPadding and Cropping over one, two and three axes. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import type { ConfigReader } from '../config-reader.ts'
import { withZeros } from '../convolve-any.ts'
import { firstOf, type Layer, type LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { resizeImages, type Interpolation } from '../resize-images.ts'
import { onlyInput } from '../shapes.ts'
import { inChannelsLast, type PlainLayer } from './data-format.ts'

type Inputs = Parameters<LayerFactory>[1]

/** `keras.layers.UpSampling1D`. */
export const upSampling1d: LayerFactory = (config, inputs) => upSampling(config, inputs, 1)
/** `keras.layers.UpSampling2D`, with every interpolation that Keras has for it. */
export const upSampling2d: LayerFactory = (config, inputs) => upSampling(config, inputs, 2)
/** `keras.layers.UpSampling3D`. */
export const upSampling3d: LayerFactory = (config, inputs) => upSampling(config, inputs, 3)
/** `keras.layers.ZeroPadding1D`. */
export const zeroPadding1d: LayerFactory = (config, inputs) => zeroPadding(config, inputs, 1)
/** `keras.layers.ZeroPadding2D`. */
export const zeroPadding2d: LayerFactory = (config, inputs) => zeroPadding(config, inputs, 2)
/** `keras.layers.ZeroPadding3D`. */
export const zeroPadding3d: LayerFactory = (config, inputs) => zeroPadding(config, inputs, 3)
/** `keras.layers.Cropping1D`. */
export const cropping1d: LayerFactory = (config, inputs) => cropping(config, inputs, 1)
/** `keras.layers.Cropping2D`. */
export const cropping2d: LayerFactory = (config, inputs) => cropping(config, inputs, 2)
/** `keras.layers.Cropping3D`. */
export const cropping3d: LayerFactory = (config, inputs) => cropping(config, inputs, 3)

const INTERPOLATIONS: readonly [Interpolation, ...Interpolation[]] = [
  ...(['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const),
]

function upSampling(config: ConfigReader, inputs: Inputs, rank: 1 | 2 | 3): Layer {
  const size = config.sizes('size', rank, 2)
  const interpolation = rank === 2 ? config.oneOf('interpolation', INTERPOLATIONS) : 'nearest'
  const layer = (): PlainLayer => ({
    weights: [],
    outputShape: (shapes) =>
      onlyInput(shapes, config, rank + 1).map((length, axis) => length * (axis < rank ? (size[axis] ?? 1) : 1)),
    call(tensors) {
      const input = firstOf(tensors)
      if (interpolation === 'nearest')
        return size.reduce((tensor, times, axis) => repeat(tensor, axis + 1, times), input)
      const [high = 1, wide = 1] = size
      return resizeImages(input, [(input.shape[1] ?? 0) * high, (input.shape[2] ?? 0) * wide], interpolation)
    },
  })
  return rank === 1 ? layer() : inChannelsLast(config, inputs, layer)
}

/** Each entry along an axis several times. */
function repeat(input: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return input
  const before = input.shape.slice(0, axis).reduce((size, length) => size * length, 1)
  const length = input.shape[axis] ?? 0
  const after = input.shape.slice(axis + 1).reduce((size, next) => size * next, 1)
  const repeated = tf.tile(tf.reshape(input, [before * length, 1, after]), [1, times, 1])
  return tf.reshape(repeated, [...input.shape.slice(0, axis), length * times, ...input.shape.slice(axis + 1)])
}

function zeroPadding(config: ConfigReader, inputs: Inputs, rank: 1 | 2 | 3): Layer {
  const zeros = readMargins(config, 'padding', rank, 1)
  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) =>
      onlyInput(shapes, config, rank + 1).map((length, axis) => length + sumOf(zeros[axis] ?? [0, 0])),
    call: (tensors) => withZeros(firstOf(tensors), zeros),
  }))
}

function cropping(config: ConfigReader, inputs: Inputs, rank: 1 | 2 | 3): Layer {
  const margins = readMargins(config, 'cropping', rank, rank === 2 ? 0 : 1)
  const layer = (): PlainLayer => ({
    weights: [],
    outputShape(shapes) {
      const shape = onlyInput(shapes, config, rank + 1).map((length, axis) => length - sumOf(margins[axis] ?? [0, 0]))
      if (shape.some((length) => length < 1)) throw modelInvalid(`${config.where}: nothing is left after cropping`)
      return shape
    },
    call(tensors) {
      const input = firstOf(tensors)
      const begin = input.shape.map((_, axis) => margins[axis - 1]?.[0] ?? 0)
      const size = input.shape.map((length, axis) => length - sumOf(margins[axis - 1] ?? [0, 0]))
      return tf.slice(input, begin, size)
    },
  })
  return rank === 1 ? layer() : inChannelsLast(config, inputs, layer)
}

type Margin = readonly [number, number]

function sumOf([before, after]: Margin): number {
  return before + after
}

/** One number for all sides, or per axis one number or two. One axis may have its two numbers directly. */
function readMargins(config: ConfigReader, name: string, rank: number, fallback: number): readonly Margin[] {
  const value: JsonValue = config.value(name) ?? fallback
  const wrong = (): Error => modelInvalid(`${config.where}: expected numbers of at least 0 for ${rank} axes as ${name}`)
  const side = (length: JsonValue | undefined): number => {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) throw wrong()
    return length
  }
  const both = (margin: JsonValue): Margin => {
    if (!Array.isArray(margin)) return [side(margin), side(margin)]
    const [before, after, ...more] = margin as readonly JsonValue[]
    if (more.length > 0) throw wrong()
    return [side(before), side(after)]
  }
  if (!Array.isArray(value)) return Array.from({ length: rank }, () => both(value))
  if (rank === 1 && value.length === 2) return [both(value)]
  if (value.length !== rank) throw wrong()
  return value.map(both)
}
