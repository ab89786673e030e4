/** Operations that Keras writes into a graph by itself, where it works out masks. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { textOf, type ConfigReader } from '../config-reader.ts'
import { firstOf, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'

/** The module of these operations. Their classes may be called as layers are. */
export const OPERATIONS_MODULE = 'keras.src.ops.numpy'

/** How an operation's class is named here, apart from layers of the same name. */
export function operationName(className: string): string {
  return `operation ${className}`
}

/** `keras.ops.not_equal`, to a tensor or a number. */
const notEqual: LayerFactory = (config, _inputs, _trainable, { given }) => {
  const number = given.options.x2
  if (given.tensors.x2 === undefined && typeof number !== 'number') {
    throw modelUnsupported('call argument', 'x2', config.where)
  }
  return {
    weights: [],
    outputShape: (shapes) => shapes[0] ?? [],
    call: (tensors, _weights, _pass, { tensors: others }) =>
      tf.notEqual(firstOf(tensors), others.x2?.[0] ?? tf.scalar(typeof number === 'number' ? number : 0)),
  }
}

/** `keras.ops.logical_or`. */
const logicalOr: LayerFactory = () => ({
  weights: [],
  outputShape: ([shape = []], { tensors }) => {
    const other = tensors.x2?.[0] ?? shape
    return shape.map((size, axis) => Math.max(size, other[axis] ?? 1))
  },
  call: (tensors, _weights, _pass, { tensors: others }) =>
    tf.logicalOr(asBoolean(firstOf(tensors)), asBoolean(firstOf([others.x2?.[0]]))),
})

/** `keras.ops.any`, along one axis. */
const any: LayerFactory = (config, [shape = []]) => {
  const axis = axisOf(config, shape.length + 1)
  const keep = config.boolean('keepdims', false)
  return {
    weights: [],
    outputShape: ([input = []]) =>
      keep ? input.map((size, index) => (index === axis - 1 ? 1 : size)) : without(input, axis - 1),
    call: (tensors) => tf.any(asBoolean(firstOf(tensors)), axis, keep),
  }
}

/** `keras.ops.squeeze`, of one axis. */
const squeeze: LayerFactory = (config, [shape = []]) => {
  const axis = axisOf(config, shape.length + 1)
  return {
    weights: [],
    outputShape: ([input = []]) => without(input, axis - 1),
    call: (tensors) => tf.squeeze(firstOf(tensors), [axis]),
  }
}

/** `keras.ops.expand_dims`. */
const expandDims: LayerFactory = (config, [shape = []]) => {
  const axis = axisOf(config, shape.length + 2)
  return {
    weights: [],
    outputShape: ([input = []]) => [...input.slice(0, axis - 1), 1, ...input.slice(axis - 1)],
    call: (tensors) => tf.expandDims(firstOf(tensors), axis),
  }
}

/** `keras.ops.zeros_like` and `ones_like`: as booleans. */
const filled =
  (fill: (tensor: Tensor) => Tensor): LayerFactory =>
  (config, _inputs, _trainable, { given }) => {
    const dtype = config.value('dtype') ?? given.options.dtype
    if (dtype !== 'bool') throw modelUnsupported('operation', `of ${textOf(dtype)}`, config.where)
    return {
      weights: [],
      outputShape: ([shape = []]) => shape,
      call: (tensors) => asBoolean(fill(firstOf(tensors))),
    }
  }

/** `keras.ops.concatenate`, of masks. */
const concatenate: LayerFactory = (config, [first = []]) => {
  const axis = axisOf(config, first.length + 1)
  return {
    weights: [],
    outputShape: (shapes) =>
      first.map((size, index) =>
        index === axis - 1 ? shapes.reduce((total, shape) => total + (shape[index] ?? 0), 0) : size,
      ),
    call: (tensors) => tf.concat(tensors.map(asBoolean), axis),
  }
}

/** How each is made, by its name here. */
export const OPERATION_FACTORIES: ReadonlyMap<string, LayerFactory> = new Map([
  [operationName('Any'), any],
  [operationName('Concatenate'), concatenate],
  [operationName('ExpandDims'), expandDims],
  [operationName('LogicalOr'), logicalOr],
  [operationName('NotEqual'), notEqual],
  [operationName('OnesLike'), filled((tensor) => tf.ones(tensor.shape))],
  [operationName('Squeeze'), squeeze],
  [operationName('ZerosLike'), filled((tensor) => tf.zeros(tensor.shape))],
])

/** Classes that a config may name as an operation. */
export const OPERATION_CLASSES: readonly string[] = ['Any', 'Concatenate', 'ExpandDims', 'LogicalOr', 'NotEqual', 'OnesLike', 'Squeeze', 'ZerosLike'] // prettier-ignore

function axisOf(config: ConfigReader, rank: number): number {
  const [asked, ...more] = config.integers('axis') ?? []
  const axis = asked !== undefined && asked < 0 ? asked + rank : asked
  if (axis === undefined || more.length > 0 || axis < 1 || axis >= rank) {
    throw modelInvalid(`${config.where}: expected one axis of an input of ${rank} axes, rows left alone`)
  }
  return axis
}

function without(shape: Shape, place: number): Shape {
  return shape.filter((_, index) => index !== place)
}

function asBoolean(tensor: Tensor): Tensor {
  return tensor.dtype === 'bool' ? tensor : tf.cast(tensor, 'bool')
}
