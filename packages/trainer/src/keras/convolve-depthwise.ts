/** Convolution of every channel on its own, with its gradients, from operations that every backend has. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import type { Pair } from './convolve.ts'
import { spreadOut } from './spread-out.ts'

/** How a filter moves over an image that already has its zeros. */
export interface Steps {
  readonly strides: Pair
  readonly dilations: Pair
}

/**
 * Images [rows, height, width, channels] with filters [height, width, channels, multiplier]: each channel gives
 * `multiplier` of them, side by side. The gradients are our own: the wasm backend has none.
 */
export function convolveDepthwise(image: Tensor4D, filter: Tensor4D, steps: Steps): Tensor4D {
  const apply = tf.customGrad((source, kernel, save) => {
    const [images, filters] = [source as Tensor4D, kernel as Tensor4D]
    ;(save as (tensors: Tensor[]) => void)([images, filters])
    return {
      value: correlate(images, filters, steps),
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const [savedImages, savedFilters] = saved as [Tensor4D, Tensor4D]
        return [
          imageGradient(gradient as Tensor4D, savedImages, savedFilters, steps),
          filterGradient(gradient as Tensor4D, savedImages, savedFilters, steps),
        ]
      },
    }
  })
  return apply(image, filter)
}

/** tfjs takes strides or dilations; for both, every position is worked out and those between strides left out. */
function correlate(image: Tensor4D, filter: Tensor4D, { strides, dilations }: Steps): Tensor4D {
  const dilated = dilations.some((dilation) => dilation > 1)
  if (!dilated) return tf.depthwiseConv2d(image, filter, [...strides], 'valid')
  const all: Tensor4D = tf.depthwiseConv2d(image, filter, 1, 'valid', 'NHWC', [...dilations])
  return strides.every((stride) => stride === 1)
    ? all
    : (tf.stridedSlice(all, [0, 0, 0, 0], [...all.shape], [1, ...strides, 1]) as Tensor4D)
}

/** For each of a channel's filters: its gradient, zeros where there was a stride, correlated with the turned filter. */
function imageGradient(gradient: Tensor4D, image: Tensor4D, filter: Tensor4D, { strides, dilations }: Steps): Tensor4D {
  const [rows, outHeight, outWidth] = gradient.shape
  const [high, wide, channels, multiplier] = filter.shape
  const turned = tf.reverse(filter, [0, 1])
  const apart = tf.reshape(gradient, [rows * outHeight * outWidth, channels, multiplier])
  const reach: Pair = [(high - 1) * dilations[0], (wide - 1) * dilations[1]]
  const after = (axis: 0 | 1, length: number, out: number): number => length - 1 - (out - 1) * strides[axis]
  const parts = Array.from({ length: multiplier }, (_, place) => {
    const own = tf.reshape(tf.slice(apart, [0, 0, place], [-1, channels, 1]), [rows, outHeight, outWidth, channels])
    const padded = tf.pad(spreadOut(own, [1, ...strides, 1]), [
      [0, 0],
      [reach[0], after(0, image.shape[1], outHeight)],
      [reach[1], after(1, image.shape[2], outWidth)],
      [0, 0],
    ])
    const ownFilter: Tensor4D = tf.slice(turned, [0, 0, 0, place], [high, wide, channels, 1])
    return correlate(padded as Tensor4D, ownFilter, { strides: [1, 1], dilations })
  })
  return parts.length === 1 ? (parts[0] as Tensor4D) : tf.addN(parts)
}

/** Per place in the filter: what lay under it, times the gradient, added up. */
function filterGradient(gradient: Tensor4D, image: Tensor4D, filter: Tensor4D, { strides, dilations }: Steps): Tensor {
  const [rows, outHeight, outWidth] = gradient.shape
  const [high, wide, channels, multiplier] = filter.shape
  const positions = rows * outHeight * outWidth
  const flat = tf.reshape(gradient, [positions, channels, multiplier])
  const places = Array.from({ length: high * wide }, (_, place) => {
    const y = Math.floor(place / wide) * dilations[0]
    const x = (place % wide) * dilations[1]
    const end = [rows, y + (outHeight - 1) * strides[0] + 1, x + (outWidth - 1) * strides[1] + 1, channels]
    const under = tf.stridedSlice(image, [0, y, x, 0], end, [1, ...strides, 1])
    return tf.sum(tf.mul(tf.reshape(under, [positions, channels, 1]), flat), 0)
  })
  return tf.reshape(tf.stack(places), filter.shape)
}
