/** Layers that make one tensor of several: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import type { LayerFactory, Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { featureAxis } from '../shapes.ts'

/** `keras.layers.Add`. */
export const add: LayerFactory = (config) => merged(config, (left, right) => tf.add(left, right))
/** `keras.layers.Multiply`. */
export const multiply: LayerFactory = (config) => merged(config, (left, right) => tf.mul(left, right))
/** `keras.layers.Maximum`. */
export const maximum: LayerFactory = (config) => merged(config, (left, right) => tf.maximum(left, right))
/** `keras.layers.Minimum`. */
export const minimum: LayerFactory = (config) => merged(config, (left, right) => tf.minimum(left, right))

/** `keras.layers.Average`. */
export const average: LayerFactory = (config) => ({
  ...merged(config, (left, right) => tf.add(left, right)),
  call: (inputs) =>
    tf.div(
      inputs.reduce((left, right) => tf.add(left, right)),
      inputs.length,
    ),
})

/** `keras.layers.Subtract`, of two. */
export const subtract: LayerFactory = (config, inputs) => {
  if (inputs.length !== 2) throw modelInvalid(`${config.where}: expected two inputs, got ${inputs.length}`)
  return merged(config, (left, right) => tf.sub(left, right))
}

/** `keras.layers.Concatenate`. */
export const concatenate: LayerFactory = (config, inputs) => {
  const axis = featureAxis(config.integer('axis', -1), inputs[0] ?? [], config)
  return {
    weights: [],
    outputShape(shapes) {
      const first = shapes[0] ?? []
      const others = (shape: Shape): string => shape.filter((_, index) => index !== axis - 1).join()
      if (
        shapes.length < 2 ||
        shapes.some((shape) => shape.length !== first.length || others(shape) !== others(first))
      ) {
        throw modelInvalid(`${config.where}: expected inputs that differ along axis ${axis} alone`)
      }
      return first.map((size, index) =>
        index === axis - 1 ? shapes.reduce((total, shape) => total + (shape[index] ?? 0), 0) : size,
      )
    },
    call: (tensors) => tf.concat([...tensors], axis),
  }
}

function merged(config: ConfigReader, combine: (left: Tensor, right: Tensor) => Tensor): ReturnType<LayerFactory> {
  return {
    weights: [],
    outputShape: (shapes) => broadcastOf(shapes, config),
    call: (inputs) => inputs.reduce((left, right) => combine(left, right)),
  }
}

/** The shape that all of them stretch to: equal, or 1 where they differ. */
function broadcastOf(shapes: readonly Shape[], config: ConfigReader): Shape {
  const [first, ...others] = shapes
  if (first === undefined || others.length === 0) throw modelInvalid(`${config.where}: expected several inputs`)
  return others.reduce((left, right) => {
    const fits =
      left.length === right.length &&
      left.every((size, axis) => size === right[axis] || size === 1 || right[axis] === 1)
    if (!fits)
      throw modelInvalid(`${config.where}: inputs [${left.join()}] and [${right.join()}] do not fit each other`)
    return left.map((size, axis) => Math.max(size, right[axis] ?? 1))
  }, first)
}
