/** Calls of `keras.ops` in a model's graph: what they have in common. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import type { ConfigReader } from '../../config-reader.ts'
import { firstOf, type CallArguments, type Layer, type LayerFactory, type Shape } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'

/** How each operation of one of Keras's modules is made, by its class. They may be called as layers are. */
export type OperationFactories = Readonly<Record<string, LayerFactory>>

/** A number that an operation is called with in place of a tensor; undefined where it is one or is left out. */
export function numberGiven(given: CallArguments<unknown>, parameter: string, where: string): number | undefined {
  const value: JsonValue | undefined = given.options[parameter]
  if (value === undefined || typeof value === 'number') return value
  throw modelUnsupported('call argument', parameter, where)
}

/** An operation on one tensor that gives one of the same shape. */
export function elementwise(apply: (tensor: Tensor, pass: Parameters<Layer['call']>[2]) => Tensor): Layer {
  return {
    weights: [],
    outputShape: ([shape = []]) => shape,
    call: (tensors, _weights, pass) => apply(asNumbers(firstOf(tensors)), pass),
  }
}

/** The shape that two operands stretch to, row axis apart: each size is the same, or 1 in one of them. */
export function stretched(left: Shape, right: Shape, where: string): Shape {
  const fits =
    left.length === right.length && left.every((size, axis) => size === right[axis] || size === 1 || right[axis] === 1)
  if (!fits) throw modelInvalid(`${where}: inputs [${left.join()}] and [${right.join()}] do not fit each other`)
  return left.map((size, axis) => Math.max(size, right[axis] ?? 1))
}

/** The axes that a config names, counted from the front with the row axis as 0. The row axis itself is refused. */
export function axesOf(config: ConfigReader, rank: number, member = 'axis'): readonly number[] {
  const axes = config.integers(member)?.map((axis) => (axis < 0 ? axis + rank : axis))
  if (axes === undefined || axes.some((axis) => axis < 1 || axis >= rank)) {
    throw modelInvalid(`${config.where}: expected ${member} among the ${rank} axes of the input, rows left alone`)
  }
  return axes
}

/** As `axesOf`, of one axis. */
export function axisOf(config: ConfigReader, rank: number, member = 'axis'): number {
  const [axis, ...more] = axesOf(config, rank, member)
  if (axis === undefined || more.length > 0) throw modelInvalid(`${config.where}: expected one ${member}`)
  return axis
}

/** Truths as numbers; numbers as they are. */
export function asNumbers(tensor: Tensor): Tensor {
  return tensor.dtype === 'bool' ? tf.cast(tensor, 'float32') : tensor
}

/** Numbers as truths: all but 0. */
export function asTruths(tensor: Tensor): Tensor {
  return tensor.dtype === 'bool' ? tensor : tf.cast(tensor, 'bool')
}
