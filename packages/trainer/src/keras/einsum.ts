/** Products of two tensors by named axes: as matrix products, so that every backend is fast at them. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** A tensor and one letter per axis. */
export interface Labelled {
  readonly tensor: Tensor
  readonly axes: string
}

/**
 * The sum over all letters that `output` lacks, as in `einsum('ab,bc->ac')`. Each letter stands once in each place; every
 * letter of `output` stands in one of the factors.
 */
export function einsum(left: Labelled, right: Labelled, output: string): Tensor {
  const a = addedUp(left, right.axes + output)
  const b = addedUp(right, left.axes + output)
  const shared = [...a.axes].filter((axis) => b.axes.includes(axis))
  const batch = shared.filter((axis) => output.includes(axis))
  const summed = shared.filter((axis) => !output.includes(axis))
  const ownA = [...a.axes].filter((axis) => !shared.includes(axis))
  const ownB = [...b.axes].filter((axis) => !shared.includes(axis))
  const sizes = new Map([...sizesOf(a), ...sizesOf(b)])
  const sizeOf = (axes: readonly string[]): number => axes.reduce((size, axis) => size * (sizes.get(axis) ?? 1), 1)

  const product = tf.matMul(
    tf.reshape(inOrder(a, [...batch, ...ownA, ...summed]), [sizeOf(batch), sizeOf(ownA), sizeOf(summed)]),
    tf.reshape(inOrder(b, [...batch, ...summed, ...ownB]), [sizeOf(batch), sizeOf(summed), sizeOf(ownB)]),
  )
  const axes = [...batch, ...ownA, ...ownB]
  const apart = tf.reshape(
    product,
    axes.map((axis) => sizes.get(axis) ?? 1),
  )
  return inOrder({ tensor: apart, axes: axes.join('') }, [...output])
}

function addedUp({ tensor, axes }: Labelled, needed: string): Labelled {
  const over = [...axes].flatMap((axis, index) => (needed.includes(axis) ? [] : [index]))
  if (over.length === 0) return { tensor, axes }
  return { tensor: tf.sum(tensor, over), axes: [...axes].filter((axis) => needed.includes(axis)).join('') }
}

function sizesOf({ tensor, axes }: Labelled): readonly (readonly [string, number])[] {
  return [...axes].map((axis, index) => [axis, tensor.shape[index] ?? 1] as const)
}

function inOrder({ tensor, axes }: Labelled, order: readonly string[]): Tensor {
  if (order.join('') === axes) return tensor
  return tf.transpose(
    tensor,
    order.map((axis) => axes.indexOf(axis)),
  )
}
