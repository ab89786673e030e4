/** Gradients of kernels that sum, multiply matrices, or move numbers about. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'

import { given, ofOne, single } from './gradient-entry.ts'

const reductions: readonly GradConfig[] = [
  ofOne('Sum', 'x', ({ dy, x, attrs }) => stretched(dy, x, attrs)),
  ofOne('Mean', 'x', ({ dy, x, y, attrs }) => tf.mul(stretched(dy, x, attrs), y.size / x.size)),
  // numbers that are equally far out share the gradient, as in TensorFlow's reduce_max and reduce_min
  ...['Max', 'Min'].map((name) =>
    ofOne(name, 'x', ({ dy, x, y, attrs }) => {
      const farthest = tf.cast(tf.equal(x, stretched(y, x, attrs)), 'float32')
      const count = tf.sum(farthest, axesOf(x, attrs), true)
      return tf.mul(stretched(dy, x, attrs), tf.div(farthest, count))
    }),
  ),
]

const moves: readonly GradConfig[] = [
  ofOne('Reshape', 'x', ({ dy, x }) => tf.reshape(dy, x.shape)),
  ofOne('ExpandDims', 'input', ({ dy, x }) => tf.reshape(dy, x.shape)),
  ofOne('Transpose', 'x', ({ dy, attrs }) =>
    tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(listOf(attrs.perm))),
  ),
  ofOne('PadV2', 'x', ({ dy, x, attrs }) => {
    const before = (attrs.paddings as unknown as readonly (readonly [number, number])[]).map(([first]) => first)
    return tf.slice(dy, before, x.shape)
  }),
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc(dy, saved, attrs) {
      const [axis = 0] = tf.util.parseAxisParam(Number(attrs.axis), given(saved[0]).shape)
      const parts = tf.split(
        single(dy),
        saved.map((input) => input.shape[axis] ?? 0),
        axis,
      )
      return Object.fromEntries(parts.map((part, index) => [index, () => part]))
    },
  },
  {
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, index) => [index, () => tf.clone(single(dy))])),
  },
]

const products: readonly GradConfig[] = [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc(gradient, saved, { transposeA, transposeB }) {
      const [dy, a, b] = [single(gradient), given(saved[0]), given(saved[1])]
      const [turnedA, turnedB] = [transposeA === true, transposeB === true]
      return {
        a: () => (turnedA ? tf.matMul(b, dy, turnedB, true) : tf.matMul(dy, b, false, !turnedB)),
        b: () => (turnedB ? tf.matMul(dy, a, true, turnedA) : tf.matMul(a, dy, !turnedA, false)),
      }
    },
  },
]

/** All of them. */
export const SHAPE_GRADIENTS: readonly GradConfig[] = [...reductions, ...moves, ...products]

/** A reduced tensor, stretched back over the axes it was reduced along. */
function stretched(reduced: Tensor, input: Tensor, attrs: NamedAttrMap): Tensor {
  const axes = axesOf(input, attrs)
  const kept = input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return tf.mul(tf.reshape(reduced, kept), tf.ones(input.shape))
}

function axesOf(input: Tensor, { axis, reductionIndices }: NamedAttrMap): number[] {
  const axes = axis ?? reductionIndices
  return tf.util.parseAxisParam(axes === undefined ? input.shape.map((_, index) => index) : listOf(axes), input.shape)
}

function listOf(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [Number(value)]
}
