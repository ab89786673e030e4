/** Gradients of kernels that work number by number; TensorFlow's choice where a slope jumps. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'

import { given, ofOne, ofTwo, single } from './gradient-entry.ts'

const SELU_SCALE = 1.0507009873554805
const SELU_SCALE_ALPHA = 1.7580993408473768

const arithmetic: readonly GradConfig[] = [
  ofTwo('Add', ({ dy }) => [() => dy, () => dy]),
  ofTwo('Sub', ({ dy }) => [() => dy, () => tf.neg(dy)]),
  ofTwo('Multiply', ({ dy, a, b }) => [() => tf.mul(dy, b), () => tf.mul(dy, a)]),
  ofTwo('RealDiv', ({ dy, a, b }) => [() => tf.div(dy, b), () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b)))]),
  ofTwo('Maximum', ({ dy, a, b }) => [() => only(dy, tf.greaterEqual(a, b)), () => only(dy, tf.less(a, b))]),
  ofTwo('Minimum', ({ dy, a, b }) => [() => only(dy, tf.lessEqual(a, b)), () => only(dy, tf.greater(a, b))]),
  ofTwo('Pow', ({ dy, a, b }) => [
    () => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
    // as TensorFlow: an exponent learns nothing from a base that has no logarithm
    () => tf.mul(dy, tf.mul(tf.pow(a, b), tf.log(tf.where(tf.greater(a, 0), a, tf.onesLike(a))))),
  ]),
  ofOne('Neg', 'x', ({ dy }) => tf.neg(dy)),
  ofOne('Abs', 'x', ({ dy, x }) => tf.mul(dy, tf.sign(x))),
  ofOne('Square', 'x', ({ dy, x }) => tf.mul(dy, tf.mul(2, x))),
  ofOne('Sqrt', 'x', ({ dy, y }) => tf.div(tf.mul(0.5, dy), y)),
  ofOne('Rsqrt', 'x', ({ dy, y }) => tf.mul(tf.mul(-0.5, dy), tf.mul(tf.square(y), y))),
  ofOne('Exp', 'x', ({ dy, y }) => tf.mul(dy, y)),
  ofOne('Expm1', 'x', ({ dy, y }) => tf.mul(dy, tf.add(y, 1))),
  ofOne('Log', 'x', ({ dy, x }) => tf.div(dy, x)),
  ofOne('Log1p', 'x', ({ dy, x }) => tf.div(dy, tf.add(x, 1))),
  ofOne('Erf', 'x', ({ dy, x }) => tf.mul(dy, tf.mul(2 / Math.sqrt(Math.PI), tf.exp(tf.neg(tf.square(x)))))),
  ofOne('Identity', 'x', ({ dy }) => dy),
  ofOne('Cast', 'x', ({ dy }) => tf.cast(dy, 'float32')),
  ofOne('ClipByValue', 'x', ({ dy, x, attrs }) => {
    const { clipValueMin, clipValueMax } = attrs
    return only(dy, tf.logicalAnd(tf.greaterEqual(x, Number(clipValueMin)), tf.lessEqual(x, Number(clipValueMax))))
  }),
]

const activations: readonly GradConfig[] = [
  ofOne('Relu', 'x', ({ dy, x }) => tf.mul(dy, tf.step(x))),
  ofOne('Relu6', 'x', ({ dy, x }) => only(dy, tf.logicalAnd(tf.greater(x, 0), tf.less(x, 6)))),
  ofOne('LeakyRelu', 'x', ({ dy, x, attrs }) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, Number(attrs.alpha)))),
  ofOne('Elu', 'x', ({ dy, y }) => tf.where(tf.less(y, 0), tf.mul(dy, tf.add(y, 1)), dy)),
  ofOne('Selu', 'x', ({ dy, y }) =>
    tf.where(tf.less(y, 0), tf.mul(dy, tf.add(y, SELU_SCALE_ALPHA)), tf.mul(dy, SELU_SCALE)),
  ),
  ofOne('Sigmoid', 'x', ({ dy, y }) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  ofOne('Tanh', 'x', ({ dy, y }) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  ofOne('Softplus', 'x', ({ dy, x }) => tf.mul(dy, tf.sigmoid(x))),
  ofOne('Softmax', 'logits', ({ dy, y }) => {
    const weighted = tf.mul(dy, y)
    return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y))
  }),
]

/** Comparisons have no slope; tfjs asks for one wherever their answer chooses between differentiable numbers. */
const choices: readonly GradConfig[] = [
  ...['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'].map((name) =>
    ofTwo(name, ({ a, b }) => [() => tf.zeros(a.shape), () => tf.zeros(b.shape)]),
  ),
  ...['All', 'Any', 'LogicalNot', 'ZerosLike'].map((name) => ofOne(name, 'x', ({ x }) => tf.zeros(x.shape))),
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc(gradient, saved) {
      const [dy, condition] = [single(gradient), given(saved[0])]
      return {
        condition: () => tf.zeros(condition.shape),
        t: () => only(dy, condition),
        e: () => tf.where(condition, tf.zerosLike(dy), dy),
      }
    },
  },
]

/** All of them. */
export const ELEMENTWISE_GRADIENTS: readonly GradConfig[] = [...arithmetic, ...activations, ...choices]

function only(gradient: Tensor, condition: Tensor): Tensor {
  return tf.where(condition, gradient, tf.zerosLike(gradient))
}
