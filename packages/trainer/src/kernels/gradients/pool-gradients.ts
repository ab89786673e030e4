/** Gradients of max and average pooling. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'

import { ofOne } from './gradient-entry.ts'

/** How tfjs describes a pool. */
interface PoolAttributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number
}

type PoolFacts = ReturnType<typeof tf.backend_util.computePool2DInfo>

/** All of them. */
export const POOL_GRADIENTS: readonly GradConfig[] = [
  ofOne('MaxPool', 'x', ({ dy, x, y, attrs }) =>
    tf.engine().runKernel('MaxPoolGrad', { dy, input: x, output: y }, attrs),
  ),
  ofOne('AvgPool', 'x', ({ dy, x, attrs }) =>
    tf
      .engine()
      .runKernel('AvgPoolGrad', { dy: dividesByPart() ? dy : tf.mul(dy, windowShares(x, attrs)), input: x }, attrs),
  ),
]

/** Makes a tfjs kernel's attributes a pool's. */
export function poolFacts(shape: readonly number[], attrs: NamedAttrMap | undefined): PoolFacts {
  const { filterSize, strides, pad } = attrs as unknown as PoolAttributes
  const [rows = 0, height = 0, width = 0, channels = 0] = shape
  return tf.backend_util.computePool2DInfo([rows, height, width, channels], filterSize, strides, 1, pad)
}

/** TensorFlow itself divides by what lies inside the image; tfjs's own kernels do not. */
function dividesByPart(): boolean {
  return tf.getBackend() === 'tensorflow'
}

/**
 * Per window, its whole size over the part of it that lies inside the image. tfjs divides every gradient by the whole,
 * where the average was taken over the part: wrong at the edges for padding `same`.
 */
function windowShares(input: Tensor, attrs: NamedAttrMap): Tensor {
  const facts = poolFacts(input.shape, attrs)
  const { outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = facts
  const inside = (position: number, stride: number, size: number, before: number, length: number): number => {
    const start = position * stride - before
    return Math.min(start + size, length) - Math.max(start, 0)
  }
  const shares = Float32Array.from({ length: outHeight * outWidth }, (_, index) => {
    const high = inside(Math.floor(index / outWidth), strideHeight, filterHeight, padInfo.top, facts.inHeight)
    const wide = inside(index % outWidth, strideWidth, filterWidth, padInfo.left, facts.inWidth)
    return (filterHeight * filterWidth) / (high * wide)
  })
  return tf.tensor(shares, [1, outHeight, outWidth, 1])
}
