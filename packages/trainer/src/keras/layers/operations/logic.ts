/** Operations that compare and decide. Keras writes some of them into a graph by itself, where it works out masks. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { textOf } from '../../config-reader.ts'
import { firstOf, type LayerFactory } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'
import { binary, operand } from './arithmetic.ts'
import { asNumbers, asTruths, numberGiven, stretched, type OperationFactories } from './operation.ts'

/** `keras.ops.zeros_like` and `ones_like`: as truths, or as numbers. */
const filled =
  (fill: (tensor: Tensor) => Tensor): LayerFactory =>
  (config, _inputs, _trainable, { given }) => {
    const dtype = config.value('dtype') ?? given.options.dtype ?? 'float32'
    if (dtype !== 'bool' && dtype !== 'float32')
      throw modelUnsupported('operation', `of ${textOf(dtype)}`, config.where)
    return {
      weights: [],
      outputShape: ([shape = []]) => shape,
      call: (tensors) => (dtype === 'bool' ? asTruths : asNumbers)(fill(firstOf(tensors))),
    }
  }

/** `keras.ops.where`, of a condition and two tensors or numbers. */
const where: LayerFactory = (config) => ({
  weights: [],
  outputShape([condition = []], given) {
    return ['x1', 'x2'].reduce((shape, parameter) => {
      const [other] = given.tensors[parameter] ?? []
      if (other !== undefined) return stretched(shape, other, config.where)
      if (numberGiven(given, parameter, config.where) !== undefined) return shape
      throw modelInvalid(`${config.where}: expected a tensor or a number as ${parameter}`)
    }, condition)
  },
  call: (tensors, _weights, _pass, given) =>
    tf.where(asTruths(firstOf(tensors)), operand(given, 'x1'), operand(given, 'x2')),
})

const not: LayerFactory = () => ({
  weights: [],
  outputShape: ([shape = []]) => shape,
  call: (tensors) => tf.logicalNot(asTruths(firstOf(tensors))),
})

const ofTruths =
  (combine: (left: Tensor, right: Tensor) => Tensor) =>
  (left: Tensor, right: Tensor): Tensor =>
    combine(asTruths(left), asTruths(right))

/** Of `keras.src.ops.numpy`. */
export const LOGIC: OperationFactories = {
  Equal: binary(tf.equal),
  Greater: binary(tf.greater),
  GreaterEqual: binary(tf.greaterEqual),
  Less: binary(tf.less),
  LessEqual: binary(tf.lessEqual),
  LogicalAnd: binary(ofTruths(tf.logicalAnd)),
  LogicalNot: not,
  LogicalOr: binary(ofTruths(tf.logicalOr)),
  NotEqual: binary(tf.notEqual),
  OnesLike: filled((tensor) => tf.ones(tensor.shape)),
  Where: where,
  ZerosLike: filled((tensor) => tf.zeros(tensor.shape)),
}
