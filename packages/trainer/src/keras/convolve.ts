/** Two-dimensional convolution with its gradients, from operations that every backend has. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import { spreadOut } from './spread-out.ts'

/** Height and width. */
export type Pair = readonly [number, number]

/** How a filter moves over an image. */
export interface Geometry {
  readonly strides: Pair
  readonly dilations: Pair
  readonly padding: 'same' | 'valid'
}

/**
 * Cross-correlation of images [rows, height, width, channels] with filters [height, width, channels, filters].
 *
 * The gradients are our own: the wasm backend has no filter gradient, and tfjs none for dilated filters. Both are exact
 * rearrangements of plain convolutions and products, so that all backends agree to rounding.
 */
export function convolve(image: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const { strides, dilations, padding } = geometry
  const apply = tf.customGrad((source, kernel, save) => {
    const [images, filters] = [source as Tensor4D, kernel as Tensor4D]
    ;(save as (tensors: Tensor[]) => void)([images, filters])
    return {
      value: tf.conv2d(touchedPart(images, filters, geometry), filters, [...strides], padding, 'NHWC', [...dilations]),
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const [savedImages, savedFilters] = saved as [Tensor4D, Tensor4D]
        return [
          imageGradient(gradient as Tensor4D, savedImages, savedFilters, geometry),
          filterGradient(gradient as Tensor4D, savedImages, savedFilters, geometry),
        ]
      },
    }
  })
  return apply(image, filter)
}

/** The full correlation of the gradient (zeros between its entries where there was a stride) with the turned filter. */
function imageGradient(gradient: Tensor4D, image: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [, height, width] = image.shape
  const [outHeight, outWidth] = [gradient.shape[1], gradient.shape[2]]
  const [top, left] = paddingBefore(image, filter, geometry)
  const reach = (axis: 0 | 1): number => (filter.shape[axis] - 1) * geometry.dilations[axis]
  const after = (axis: 0 | 1, length: number, out: number, before: number): number =>
    length - 1 - (out - 1) * geometry.strides[axis] + before
  const spread = spreadOut(gradient, [1, ...geometry.strides, 1]) as Tensor4D
  const padded = tf.pad(spread, [
    [0, 0],
    [reach(0) - top, after(0, height, outHeight, top)],
    [reach(1) - left, after(1, width, outWidth, left)],
    [0, 0],
  ])
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2])
  return tf.conv2d(padded, turned, 1, 'valid', 'NHWC', [...geometry.dilations])
}

/** Per place in the filter: what lay under it, times the gradient. */
function filterGradient(gradient: Tensor4D, image: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [rows, outHeight, outWidth, filters] = gradient.shape
  const [height, width, channels] = filter.shape
  const [top, left] = paddingBefore(image, filter, geometry)
  const [strideY, strideX] = geometry.strides
  const [dilationY, dilationX] = geometry.dilations
  const neededHeight = (outHeight - 1) * strideY + (height - 1) * dilationY + 1
  const neededWidth = (outWidth - 1) * strideX + (width - 1) * dilationX + 1
  const padded = tf.pad(image, [
    [0, 0],
    [top, Math.max(0, neededHeight - image.shape[1] - top)],
    [left, Math.max(0, neededWidth - image.shape[2] - left)],
    [0, 0],
  ])
  const flatGradient = tf.reshape(gradient, [-1, filters])
  const places = Array.from({ length: height * width }, (_, place) => {
    const y = Math.floor(place / width) * dilationY
    const x = (place % width) * dilationX
    const end = [rows, y + (outHeight - 1) * strideY + 1, x + (outWidth - 1) * strideX + 1, channels]
    const under = tf.stridedSlice(padded, [0, y, x, 0], end, [1, strideY, strideX, 1])
    return tf.matMul(tf.reshape(under, [-1, channels]), flatGradient, true, false)
  })
  return tf.reshape(tf.stack(places), [height, width, channels, filters])
}

/**
 * The image without its last rows and columns that no filter touches, because the stride is wider than the filter. The
 * wasm backend counts padding below zero for them where another axis is padded, and gives wrong numbers.
 */
function touchedPart(image: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  if (geometry.padding === 'valid') return image
  const [rows, height, width, channels] = image.shape
  const touched = (axis: 0 | 1, length: number): number => {
    const lastStart = (Math.ceil(length / geometry.strides[axis]) - 1) * geometry.strides[axis]
    return Math.min(length, lastStart + (filter.shape[axis] - 1) * geometry.dilations[axis] + 1)
  }
  const [high, wide] = [touched(0, height), touched(1, width)]
  return high === height && wide === width ? image : tf.slice(image, [0, 0, 0, 0], [rows, high, wide, channels])
}

/** Zeros above and to the left of an image, as TensorFlow pads for `same`. */
function paddingBefore(image: Tensor4D, filter: Tensor4D, geometry: Geometry): Pair {
  if (geometry.padding === 'valid') return [0, 0]
  const before = (axis: 0 | 1, length: number): number => {
    const covered = (filter.shape[axis] - 1) * geometry.dilations[axis] + 1
    const out = Math.ceil(length / geometry.strides[axis])
    return Math.floor(Math.max(0, (out - 1) * geometry.strides[axis] + covered - length) / 2)
  }
  return [before(0, image.shape[1]), before(1, image.shape[2])]
}
