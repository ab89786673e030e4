/** Operations that put numbers elsewhere and change none: `keras.ops.reshape`, `x[:, 0]`, products of matrices. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory, type Shape } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'
import { sizeOf } from '../../shapes.ts'
import { asNumbers, asTruths, axesOf, axisOf, type OperationFactories } from './operation.ts'
import { getItem } from './get-item.ts'

const squeeze: LayerFactory = (config, [shape = []]) => {
  const axes = axesOf(config, shape.length + 1)
  return {
    weights: [],
    outputShape: ([input = []]) => input.filter((_, index) => !axes.includes(index + 1)),
    call: (tensors) => tf.squeeze(firstOf(tensors), [...axes]),
  }
}

const expandDims: LayerFactory = (config, [shape = []]) => {
  const axis = axisOf(config, shape.length + 2)
  return {
    weights: [],
    outputShape: ([input = []]) => [...input.slice(0, axis - 1), 1, ...input.slice(axis - 1)],
    call: (tensors) => tf.expandDims(firstOf(tensors), axis),
  }
}

const concatenate: LayerFactory = (config, [first = []]) => {
  const axis = axisOf(config, first.length + 1)
  return {
    weights: [],
    outputShape(shapes) {
      const others = (shape: Shape): string => shape.filter((_, index) => index !== axis - 1).join()
      if (shapes.some((shape) => shape.length !== first.length || others(shape) !== others(first))) {
        throw modelInvalid(`${config.where}: expected inputs that differ along axis ${axis} alone`)
      }
      return first.map((size, index) =>
        index === axis - 1 ? shapes.reduce((total, shape) => total + (shape[index] ?? 0), 0) : size,
      )
    },
    call: (tensors) => tf.concat(ofOneKind(tensors), axis),
  }
}

const stack: LayerFactory = (config, [first = []]) => {
  const axis = axisOf(config, first.length + 2)
  return {
    weights: [],
    outputShape(shapes) {
      if (shapes.some((shape) => shape.join() !== first.join())) {
        throw modelInvalid(`${config.where}: expected inputs of one shape`)
      }
      return [...first.slice(0, axis - 1), shapes.length, ...first.slice(axis - 1)]
    },
    call: (tensors) => tf.stack(ofOneKind(tensors), axis),
  }
}

/** `-1` for the rows, which stay as many. */
const reshape: LayerFactory = (config) => {
  const [rows, ...target] = config.integers('newshape') ?? []
  if (rows !== -1) throw modelUnsupported('option', 'newshape that does not begin with -1', config.where)
  return {
    weights: [],
    outputShape([shape = []]) {
      if (target.some((size) => size < 1) || sizeOf(target) !== sizeOf(shape)) {
        throw modelInvalid(
          `${config.where}: expected a shape of ${sizeOf(shape)} numbers a row, got [${target.join()}]`,
        )
      }
      return target
    },
    call: (tensors) => tf.reshape(firstOf(tensors), [-1, ...target]),
  }
}

function permuting(order: readonly number[]): ReturnType<LayerFactory> {
  return {
    weights: [],
    outputShape: ([shape = []]) => order.slice(1).map((from) => shape[from - 1] ?? 1),
    call: (tensors) => tf.transpose(firstOf(tensors), [...order]),
  }
}

const transpose: LayerFactory = (config, [shape = []]) => {
  const order = config.integers('axes') ?? []
  const places = [...order].sort((a, b) => a - b)
  if (order[0] !== 0 || order.length !== shape.length + 1 || places.some((place, index) => place !== index)) {
    throw modelInvalid(`${config.where}: expected axes that put each axis somewhere and leave rows first`)
  }
  return permuting(order)
}

const swapAxes: LayerFactory = (config, [shape = []]) => {
  const rank = shape.length + 1
  const [one, other] = [axisOf(config, rank, 'axis1'), axisOf(config, rank, 'axis2')]
  return permuting(Array.from({ length: rank }, (_, index) => (index === one ? other : index === other ? one : index)))
}

const flip: LayerFactory = (config, [shape = []]) => {
  const axes = axesOf(config, shape.length + 1)
  return {
    weights: [],
    outputShape: ([input = []]) => input,
    call: (tensors) => tf.reverse(firstOf(tensors), [...axes]),
  }
}

/** `keras.ops.matmul`, row by row: of `[…, m, k]` and `[…, k, n]`. */
const matmul: LayerFactory = (config) => ({
  weights: [],
  outputShape([left = []], { tensors: { x2: [right = []] = [] } }) {
    const fits =
      left.length >= 2 &&
      left.length === right.length &&
      left.at(-1) === right.at(-2) &&
      left.slice(0, -2).join() === right.slice(0, -2).join()
    if (!fits) throw modelInvalid(`${config.where}: [${left.join()}] and [${right.join()}] cannot be multiplied`)
    return [...left.slice(0, -1), right.at(-1) ?? 1]
  },
  call: (tensors, _weights, _pass, { tensors: { x2 = [] } }) =>
    tf.matMul(asNumbers(firstOf(tensors)), asNumbers(firstOf(x2))),
})

/** Of `keras.src.ops.numpy`. */
export const ARRANGEMENT: OperationFactories = {
  Concatenate: concatenate,
  ExpandDims: expandDims,
  Flip: flip,
  GetItem: getItem,
  Matmul: matmul,
  Reshape: reshape,
  Squeeze: squeeze,
  Stack: stack,
  Swapaxes: swapAxes,
  Transpose: transpose,
}

/** Truths where all are, else numbers. */
function ofOneKind(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map(tensors.every(({ dtype }) => dtype === 'bool') ? asTruths : asNumbers)
}
