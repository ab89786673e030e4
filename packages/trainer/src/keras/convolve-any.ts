/** Convolution over one, two or three axes, in groups or transposed, built from the two-dimensional one. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import { convolve } from './convolve.ts'
import { spreadOut } from './spread-out.ts'

/** How a filter moves: one stride and one dilation per axis. */
export interface Movement {
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: 'same' | 'valid'
}

/** Cross-correlation of [rows, …lengths, channels] with filters [...sizes, channels / groups, filters]. */
export function convolveAny(input: Tensor, filter: Tensor, movement: Movement, groups = 1): Tensor {
  if (groups === 1) return convolvePlain(input, filter, movement)
  const inputs = tf.split(input, groups, -1)
  const filters = tf.split(filter, groups, -1)
  return tf.concat(
    inputs.map((part, group) => convolvePlain(part, filters[group] ?? filter, movement)),
    -1,
  )
}

/**
 * The transpose of that convolution which has filters [...sizes, filters, channels] and gives [rows, …lengths,
 * channels] for outputs of `lengths`. `before` is what its padding puts in front of each axis.
 */
export function convolveTransposed(
  input: Tensor,
  filter: Tensor,
  movement: Pick<Movement, 'strides' | 'dilations'> & {
    readonly lengths: readonly number[]
    readonly before: readonly number[]
  },
): Tensor {
  const { strides, dilations, lengths, before } = movement
  const spatial = lengths.map((_, axis) => axis)
  const spread = spreadOut(input, [1, ...strides, 1])
  const zeros = lengths.map((length, axis): [number, number] => {
    const reach = ((filter.shape[axis] ?? 1) - 1) * (dilations[axis] ?? 1)
    const first = before[axis] ?? 0
    return [reach - first, length - (spread.shape[axis + 1] ?? 1) + first]
  })
  const rank = filter.rank
  const turned = tf.transpose(tf.reverse(filter, spatial), [...spatial, rank - 1, rank - 2])
  return convolvePlain(withZeros(spread, zeros), turned, {
    strides: strides.map(() => 1),
    dilations,
    padding: 'valid',
  })
}

/** The zeros before and after an axis that TensorFlow's `same` puts there. */
export function sameZeros(
  length: number,
  window: { readonly size: number; readonly stride: number; readonly dilation: number },
): [number, number] {
  const positions = Math.ceil(length / window.stride)
  const covered = (window.size - 1) * window.dilation + 1
  const total = Math.max(0, (positions - 1) * window.stride + covered - length)
  return [Math.floor(total / 2), total - Math.floor(total / 2)]
}

/** Zeros around the axes between the first and the last. */
export function withZeros(input: Tensor, zeros: readonly (readonly [number, number])[]): Tensor {
  if (zeros.every(([before, after]) => before === 0 && after === 0)) return input
  return tf.pad(input, [[0, 0], ...zeros.map(([before, after]): [number, number] => [before, after]), [0, 0]])
}

/** Every `stride`-th of `count` entries along an axis. */
export function everyNth(
  input: Tensor,
  axis: number,
  range: { readonly start: number; readonly count: number; readonly stride: number },
): Tensor {
  const { start, count, stride } = range
  const begin = input.shape.map((_, index) => (index === axis ? start : 0))
  const end = input.shape.map((size, index) => (index === axis ? start + (count - 1) * stride + 1 : size))
  if (stride > 1) {
    const strides = input.shape.map((_, index) => (index === axis ? stride : 1))
    return tf.stridedSlice(input, begin, end, strides)
  }
  return tf.slice(
    input,
    begin,
    end.map((last, index) => last - (begin[index] ?? 0)),
  )
}

function convolvePlain(input: Tensor, filter: Tensor, movement: Movement): Tensor {
  const { strides, dilations, padding } = movement
  if (strides.length === 3) return convolveVolume(input, filter, movement)
  const line = strides.length === 1
  const [stride = 1, strideX = 1] = strides
  const [dilation = 1, dilationX = 1] = dilations
  const convolved = convolve(
    (line ? tf.expandDims(input, 1) : input) as Tensor4D,
    (line ? tf.expandDims(filter, 0) : filter) as Tensor4D,
    {
      strides: line ? [1, stride] : [stride, strideX],
      dilations: line ? [1, dilation] : [dilation, dilationX],
      padding,
    },
  )
  return line ? tf.squeeze(convolved, [1]) : convolved
}

/** A sum over the filter's depth, of convolutions of all slices at once. */
function convolveVolume(input: Tensor, filter: Tensor, { strides, dilations, padding }: Movement): Tensor {
  const [filterDepth = 1, ...window] = filter.shape
  const [stride = 1, ...flatStrides] = strides
  const [dilation = 1, ...flatDilations] = dilations
  const sizes = { size: filterDepth, stride, dilation }
  const padded = padding === 'same' ? withZeros(input, [sameZeros(input.shape[1] ?? 0, sizes), [0, 0], [0, 0]]) : input
  const [rows = 0, depth = 0, ...slice] = padded.shape
  const count = Math.floor((depth - 1 - (filterDepth - 1) * dilation) / stride) + 1
  const parts = Array.from({ length: filterDepth }, (_, place) => {
    const under = everyNth(padded, 1, { start: place * dilation, count, stride })
    const flatFilter = tf.reshape(everyNth(filter, 0, { start: place, count: 1, stride: 1 }), window)
    const movement = { strides: flatStrides, dilations: flatDilations, padding }
    return convolvePlain(tf.reshape(under, [rows * count, ...slice]), flatFilter, movement)
  })
  const sum = tf.addN(parts)
  return tf.reshape(sum, [rows, count, ...sum.shape.slice(1)])
}
