/** Tensors with zeros between their entries: what strides leave out. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** `stride − 1` zeros between neighbours along each axis, none after the last. One stride per axis, rows included. */
export function spreadOut(tensor: Tensor, strides: readonly number[]): Tensor {
  return strides.reduce((spread, stride, axis) => (stride === 1 ? spread : spreadAxis(spread, axis, stride)), tensor)
}

function spreadAxis(tensor: Tensor, axis: number, stride: number): Tensor {
  const [before, after] = [tensor.shape.slice(0, axis), tensor.shape.slice(axis + 1)]
  const length = tensor.shape[axis] ?? 0
  const [outer, inner] = [sizeOf(before), sizeOf(after)]
  const apart = tf.pad(tf.reshape(tensor, [outer * length, 1, inner]), [
    [0, 0],
    [0, stride - 1],
    [0, 0],
  ])
  const whole = tf.reshape(apart, [outer, length * stride, inner])
  const trimmed = tf.slice(whole, [0, 0, 0], [outer, (length - 1) * stride + 1, inner])
  return tf.reshape(trimmed, [...before, (length - 1) * stride + 1, ...after])
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1)
}
