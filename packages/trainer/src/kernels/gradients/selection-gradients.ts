/** Gradients of kernels that choose, repeat, turn round or split numbers, and of some that work number by number. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'

import { spreadOut } from '../../keras/spread-out.ts'
import { given, ofOne, ofTwo, single } from './gradient-entry.ts'

const parts: readonly GradConfig[] = [
  ofOne('Slice', 'x', ({ dy, x, attrs }) => {
    const [begin] = tf.slice_util.parseSliceParams(x, numbers(attrs.begin), numbers(attrs.size))
    return tf.pad(
      dy,
      x.shape.map((size, axis): [number, number] => {
        const before = begin?.[axis] ?? 0
        return [before, size - before - (dy.shape[axis] ?? 0)]
      }),
    )
  }),
  ofOne('StridedSlice', 'x', ({ dy, x, attrs }) => {
    const [begin, strides] = [numbers(attrs.begin), numbers(attrs.strides)]
    if (dy.rank !== x.rank || strides.some((stride) => stride < 1) || begin.some((start) => start < 0)) {
      throw new TypeError('gradient: of strided slices forwards only')
    }
    const spread = spreadOut(dy, strides)
    return tf.pad(
      spread,
      x.shape.map((size, axis): [number, number] => {
        const before = begin[axis] ?? 0
        return [before, size - before - (spread.shape[axis] ?? 0)]
      }),
    )
  }),
  ofOne('Tile', 'x', ({ dy, x, attrs }) => {
    const reps = numbers(attrs.reps)
    return x.shape.reduce((gradient: Tensor, size, axis) => {
      const times = reps[axis] ?? 1
      if (times === 1) return gradient
      const [before, after] = [gradient.shape.slice(0, axis), gradient.shape.slice(axis + 1)]
      const apart = tf.reshape(gradient, [sizeOf(before), times, size * sizeOf(after)])
      return tf.reshape(tf.sum(apart, 1), [...before, size, ...after])
    }, dy)
  }),
  ofOne('Reverse', 'x', ({ dy, x, attrs }) => tf.reverse(dy, tf.util.parseAxisParam(numbers(attrs.dims), x.shape))),
  {
    kernelName: 'SplitV',
    gradFunc: (dy, _saved, { axis }) => ({ x: () => tf.concat(Array.isArray(dy) ? dy : [dy], Number(axis)) }),
  },
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc(dy, saved, { axis }) {
      const slices = tf.unstack(single(dy), Number(axis))
      return Object.fromEntries(saved.map((_, index) => [index, () => given(slices[index])]))
    },
  },
  {
    kernelName: 'Unpack',
    gradFunc: (dy, _saved, { axis }) => ({ value: () => tf.stack(Array.isArray(dy) ? dy : [dy], Number(axis)) }),
  },
]

const arithmetic: readonly GradConfig[] = [
  ofTwo('SquaredDifference', ({ dy, a, b }) => {
    const slope = (): Tensor => tf.mul(dy, tf.mul(2, tf.sub(a, b)))
    return [slope, () => tf.neg(slope())]
  }),
  ofOne('Sin', 'x', ({ dy, x }) => tf.mul(dy, tf.cos(x))),
  ofOne('Cos', 'x', ({ dy, x }) => tf.neg(tf.mul(dy, tf.sin(x)))),
  ...['Ceil', 'Floor', 'Round', 'Sign', 'Step'].map((name) => ofOne(name, 'x', ({ x }) => tf.zeros(x.shape))),
]

/** All of them. */
export const SELECTION_GRADIENTS: readonly GradConfig[] = [...parts, ...arithmetic]

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1)
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [Number(value)]
}
