/** Dot: products of the rows of two inputs. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import type { LayerFactory, Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { featureAxis, sizeOf } from '../shapes.ts'
import { unitLength } from './normalization.ts'

/** `keras.layers.Dot`: adds up along one axis of each input, row by row; `normalize` makes it a cosine. */
export const dot: LayerFactory = (config) => {
  const axes = config.integers('axes') ?? []
  const normalize = config.boolean('normalize', false)
  const axesOf = (shapes: readonly Shape[]): { readonly left: number; readonly right: number } => {
    const [left, right, ...others] = shapes
    if (left === undefined || right === undefined || others.length > 0 || axes.length < 1 || axes.length > 2) {
      throw modelInvalid(`${config.where}: expected two inputs and one axis of each`)
    }
    const along = {
      left: featureAxis(axes[0] ?? 0, left, config),
      right: featureAxis(axes[axes.length - 1] ?? 0, right, config),
    }
    assertSameLength(left[along.left - 1], right[along.right - 1], config)
    return along
  }

  return {
    weights: [],
    outputShape(shapes) {
      const { left, right } = axesOf(shapes)
      const shape = [...without(shapes[0], left), ...without(shapes[1], right)]
      return shape.length === 0 ? [1] : shape
    },
    call(tensors) {
      const [first, second] = tensors
      if (first === undefined || second === undefined) throw new TypeError('dot: called without two inputs')
      const { left, right } = axesOf([first.shape.slice(1), second.shape.slice(1)])
      const [a, b] = normalize ? [unitLength(first, [left]), unitLength(second, [right])] : [first, second]
      const [rest, otherRest] = [without(a.shape.slice(1), left), without(b.shape.slice(1), right)]
      const [rows, length] = [a.shape[0] ?? 0, a.shape[left] ?? 0]
      const product = tf.matMul(
        tf.reshape(axisTo(a, left, a.rank - 1), [rows, sizeOf(rest), length]),
        tf.reshape(axisTo(b, right, 1), [rows, length, sizeOf(otherRest)]),
      )
      const shape = [...rest, ...otherRest]
      return tf.reshape(product, [rows, ...(shape.length === 0 ? [1] : shape)])
    },
  }
}

function without(shape: Shape | undefined, axis: number): Shape {
  return (shape ?? []).filter((_, index) => index !== axis - 1)
}

function assertSameLength(left: number | undefined, right: number | undefined, config: ConfigReader): void {
  if (left !== right) throw modelInvalid(`${config.where}: axes of ${left} and ${right} cannot be multiplied`)
}

/** Moves one axis to another place, the others in their order. */
function axisTo(tensor: Tensor, axis: number, place: number): Tensor {
  if (axis === place) return tensor
  const order = tensor.shape.map((_, index) => index).filter((index) => index !== axis)
  order.splice(place, 0, axis)
  return tf.transpose(tensor, order)
}
