/** One axis of a tensor through a matrix. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'

/** Every line along an axis, times a matrix [length, new length]. */
export function alongAxis(input: Tensor, axis: number, matrix: Tensor2D): Tensor {
  const [length, count] = matrix.shape
  const last = input.rank - 1
  const order = Array.from({ length: input.rank }, (_, index) => index)
  order[axis] = last
  order[last] = axis
  const turned = axis === last ? input : tf.transpose(input, order)
  const product = tf.reshape(tf.matMul(tf.reshape(turned, [-1, length]), matrix), [...turned.shape.slice(0, -1), count])
  return axis === last ? product : tf.transpose(product, order)
}
