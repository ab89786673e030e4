/** Operations number by number: `x + y`, `2 * x`, `keras.ops.exp`, and the activations of `keras.ops`. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { activationNamed, elu, gelu, geluByTanh, relu, softmax } from '../../activations.ts'
import { textOf } from '../../config-reader.ts'
import { firstOf, type LayerFactory, type TensorArguments } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'
import { featureAxis } from '../../shapes.ts'
import { asNumbers, elementwise, numberGiven, stretched, type OperationFactories } from './operation.ts'

/**
 * An operation on two operands, `x1` and `x2`. One of them may be a number: the inputs of the call are then the other.
 */
export function binary(combine: (left: Tensor, right: Tensor) => Tensor): LayerFactory {
  return (config) => ({
    weights: [],
    outputShape([first = []], given) {
      const [second] = given.tensors.x2 ?? []
      if (second !== undefined) return stretched(first, second, config.where)
      const numbers = ['x1', 'x2'].flatMap((parameter) => numberGiven(given, parameter, config.where) ?? [])
      if (numbers.length !== 1) throw modelInvalid(`${config.where}: expected two tensors, or one and a number`)
      return first
    },
    call([tensor], _weights, _pass, given) {
      const isFirstNumber = given.options.x1 !== undefined
      return isFirstNumber
        ? combine(operand(given, 'x1'), operand(given, 'x2', tensor))
        : combine(operand(given, 'x1', tensor), operand(given, 'x2'))
    },
  })
}

/** One operand of a call, as numbers: the tensor at hand, that of the parameter, or its number. */
export function operand(
  given: TensorArguments,
  parameter: string,
  tensor: Tensor | undefined = given.tensors[parameter]?.[0],
): Tensor {
  if (tensor !== undefined) return asNumbers(tensor)
  const value = given.options[parameter]
  if (typeof value !== 'number') throw new TypeError(`operation: ${parameter} was checked when the model was built`)
  return tf.scalar(value)
}

const unary =
  (apply: (tensor: Tensor) => Tensor): LayerFactory =>
  () =>
    elementwise(apply)

const activated =
  (name: string): LayerFactory =>
  () =>
    elementwise(activationNamed(name))

/** `keras.ops.cast`. Integers stay float32 here, and as in TensorFlow nothing is learned through them. */
const cast: LayerFactory = (config) => {
  const dtype = config.text('dtype')
  if (dtype === 'float32') return elementwise((tensor) => tensor)
  if (!/^u?int(8|16|32|64)$/.test(dtype)) throw modelUnsupported('operation', `of ${textOf(dtype)}`, config.where)
  const truncate = tf.customGrad((tensor: unknown) => ({
    value: tf.cast(tf.cast(tensor as Tensor, 'int32'), 'float32'),
    gradFunc: (gradient) => tf.zerosLike(gradient),
  }))
  return elementwise((tensor) => truncate(tensor))
}

/** A tensor as it is: `Attention` puts one between its mask and what is masked. */
const convertToTensor: LayerFactory = (config) => {
  const given = ['dtype', 'sparse', 'ragged'].find((option) => config.value(option) !== undefined)
  if (given !== undefined) throw modelUnsupported('option', given, config.where)
  return { weights: [], outputShape: ([shape = []]) => shape, call: (tensors) => firstOf(tensors) }
}

/** Of `keras.src.ops.numpy`. */
export const ARITHMETIC: OperationFactories = {
  Absolute: unary(tf.abs),
  Add: binary(tf.add),
  Ceil: unary(tf.ceil),
  Clip: (config) => {
    const [least, most] = [config.number('x_min'), config.number('x_max')]
    return elementwise((tensor) => tf.clipByValue(tensor, least, most))
  },
  Cos: unary(tf.cos),
  Divide: binary(tf.div),
  Exp: unary(tf.exp),
  Expm1: unary(tf.expm1),
  Floor: unary(tf.floor),
  Log: unary(tf.log),
  Log1p: unary(tf.log1p),
  Maximum: binary(tf.maximum),
  Minimum: binary(tf.minimum),
  Multiply: binary(tf.mul),
  Negative: unary(tf.neg),
  Power: binary(tf.pow),
  Sign: unary(tf.sign),
  Sin: unary(tf.sin),
  Sqrt: unary(tf.sqrt),
  Square: unary(tf.square),
  Subtract: binary(tf.sub),
  Tanh: unary(tf.tanh),
  TrueDivide: binary(tf.div),
}

/** Of `keras.src.ops.math` and `keras.src.ops.core`. */
export const MORE_ARITHMETIC: Readonly<Record<'math' | 'core', OperationFactories>> = {
  math: { Rsqrt: unary(tf.rsqrt) },
  core: { Cast: cast, ConvertToTensor: convertToTensor },
}

/** Of `keras.src.ops.nn`. */
export const ACTIVATION_OPERATIONS: OperationFactories = {
  Elu: (config) => {
    const alpha = config.number('alpha', 1)
    return elementwise((tensor) => elu(tensor, alpha))
  },
  Gelu: (config) => elementwise(config.boolean('approximate', true) ? geluByTanh : gelu),
  HardSigmoid: activated('hard_sigmoid'),
  HardSilu: activated('hard_silu'),
  LeakyRelu: (config) => {
    const negativeSlope = config.number('negative_slope', 0.2)
    return elementwise((tensor) => relu(tensor, { maxValue: undefined, negativeSlope, threshold: 0 }))
  },
  LogSigmoid: activated('log_sigmoid'),
  LogSoftmax: (config, [shape = []]) => {
    const axis = featureAxis(config.integer('axis', -1), shape, config)
    return elementwise((tensor) => tf.logSoftmax(tensor, axis))
  },
  Relu: activated('relu'),
  Relu6: activated('relu6'),
  Selu: activated('selu'),
  Sigmoid: activated('sigmoid'),
  Silu: activated('silu'),
  Softmax: (config, [shape = []]) => {
    const axis = featureAxis(config.integer('axis', -1), shape, config)
    return elementwise((tensor, pass) => softmax(tensor, pass, axis))
  },
  Softplus: activated('softplus'),
  Softsign: activated('softsign'),
}
