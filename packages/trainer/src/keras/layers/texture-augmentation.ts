/** Layers that blur, sharpen or erase parts of images while training. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import { sameZeros, withZeros } from '../convolve-any.ts'
import { convolveDepthwise } from '../convolve-depthwise.ts'
import type { LayerFactory } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { normalNumbers } from '../normal-numbers.ts'
import {
  augmenting,
  chosen,
  perImage,
  readRange,
  readValueRange,
  rectangles,
  uniform,
  where,
  type Range,
} from './augmentation.ts'

const UNSIGNED: Range = [0, 1]

/** `keras.layers.RandomSharpness`. */
export const randomSharpness: LayerFactory = (config, inputs) => {
  const range = readRange(config, 'factor', UNSIGNED)
  const values = readValueRange(config)
  const kernel = Array.from({ length: 9 }, (_, place) => (place === 4 ? 5 : 1) / 13)
  return augmenting(config, inputs, (images, random) => {
    const factor = perImage(images, () => 1 - 2 * uniform(random, range))
    const smooth = filtered(images, kernel, [3, 3])
    return tf.clipByValue(tf.add(images, tf.mul(factor, tf.sub(smooth, images))), ...values)
  })
}

/** `keras.layers.RandomGaussianBlur`: some images, all of a batch by the same deviations. */
export const randomGaussianBlur: LayerFactory = (config, inputs) => {
  const chance = readRange(config, 'factor', UNSIGNED)
  const sigma = readRange(config, 'sigma', UNSIGNED)
  const values = readValueRange(config)
  const [high, wide] = config.sizes('kernel_size', 2, 3)
  if (high === undefined || high !== wide || high % 2 === 0) {
    throw modelUnsupported('option', 'kernel_size', config.where, 'one odd size is taken for both axes')
  }
  return augmenting(config, inputs, (images, random) => {
    const which = chosen(images, random, chance)
    const across = bell(high, uniform(random, sigma) + 1e-6)
    const down = bell(high, uniform(random, sigma) + 1e-6)
    const kernel = down.flatMap((vertical) => across.map((horizontal) => vertical * horizontal))
    return tf.clipByValue(where(which, filtered(images, kernel, [high, high]), images), ...values)
  })
}

/** `keras.layers.RandomErasing`: one rectangle of each chosen image is overwritten, with noise where no value is given. */
export const randomErasing: LayerFactory = (config, inputs) => {
  const chance = readRange(config, 'factor', UNSIGNED)
  const scale = readRange(config, 'scale', UNSIGNED)
  const [, most] = readValueRange(config)
  const fill = config.value('fill_value')
  const fills = fill === undefined ? undefined : Array.isArray(fill) ? fill.map(Number) : [Number(fill)]
  if (fills?.some((value) => !Number.isFinite(value)))
    throw modelInvalid(`${config.where}: expected numbers as fill_value`)
  return augmenting(config, inputs, (images, random) => {
    const which = chosen(images, random, chance)
    const inside = rectangles(images, random, () => [
      Math.sqrt(uniform(random, scale)),
      Math.sqrt(uniform(random, scale)),
    ])
    const filling =
      fills === undefined
        ? tf.tensor4d(normalNumbers(images.size, random, most), images.shape)
        : tf.mul(tf.tensor1d(fills), tf.ones(images.shape))
    return where(tf.mul(which, inside), filling, images)
  })
}

/** Each channel on its own through one filter, the edges as zeros. */
function filtered(images: Tensor4D, kernel: readonly number[], [high, wide]: readonly [number, number]): Tensor {
  const [, height, width, channels] = images.shape
  const zeros = [
    sameZeros(height, { size: high, stride: 1, dilation: 1 }),
    sameZeros(width, { size: wide, stride: 1, dilation: 1 }),
  ]
  const filter = tf.tensor4d(
    kernel.flatMap((value) => Array.from({ length: channels }, () => value)),
    [high, wide, channels, 1],
  )
  return convolveDepthwise(withZeros(images, zeros) as Tensor4D, filter, { strides: [1, 1], dilations: [1, 1] })
}

/** A normal curve that adds up to 1. */
function bell(size: number, deviation: number): readonly number[] {
  const heights = Array.from({ length: size }, (_, index) =>
    Math.exp(-0.5 * ((index - (size - 1) / 2) / deviation) ** 2),
  )
  const total = heights.reduce((sum, value) => sum + value, 0)
  return heights.map((value) => value / total)
}
