/** Layers that make one tensor of several: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import type { LayerFactory, Mask, Shape } from '../layer.ts'
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
  call: (inputs, _weights, _pass, { masks }) => ({
    tensors: [
      tf.div(
        inputs.reduce((left, right) => tf.add(left, right)),
        inputs.length,
      ),
    ],
    masks: [either(masks)],
  }),
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
      if (shapes.some((shape) => shape.length !== first.length || others(shape) !== others(first))) {
        throw modelInvalid(`${config.where}: expected inputs that differ along axis ${axis} alone`)
      }
      return first.map((size, index) =>
        index === axis - 1 ? shapes.reduce((total, shape) => total + (shape[index] ?? 0), 0) : size,
      )
    },
    call: (tensors, _weights, _pass, { masks }) => ({
      tensors: [tf.concat([...tensors], axis)],
      masks: [joined(tensors, masks, axis)],
    }),
  }
}

function merged(config: ConfigReader, combine: (left: Tensor, right: Tensor) => Tensor): ReturnType<LayerFactory> {
  return {
    weights: [],
    outputShape: (shapes) => broadcastOf(shapes, config),
    call: (inputs, _weights, _pass, { masks }) => ({
      tensors: [inputs.reduce((left, right) => combine(left, right))],
      masks: [either(masks)],
    }),
  }
}

/** A step counts where it does in one of the inputs; everything where one has no mask (Keras's `Merge.compute_mask`). */
function either(masks: readonly Mask[]): Mask {
  const known = masks.flatMap((mask) => (mask === undefined ? [] : [mask]))
  return known.length === 0 || known.length < masks.length
    ? undefined
    : known.reduce((left, right) => tf.logicalOr(left, right))
}

/** The masks one after another where steps are; else a step counts where it does in one (`Concatenate.compute_mask`). */
function joined(tensors: readonly Tensor[], masks: readonly Mask[], axis: number): Mask {
  if (masks.every((mask) => mask === undefined)) return undefined
  const whole = tensors.map((tensor, index) => {
    const mask = masks[index]
    if (mask === undefined) return tf.cast(tf.ones(tensor.shape), 'bool')
    return mask.rank < tensor.rank ? tf.logicalOr(tf.expandDims(mask, -1), tf.cast(tf.zerosLike(tensor), 'bool')) : mask
  })
  return tf.any(tf.concat(whole, axis), -1)
}

/** The shape that all of them stretch to: equal, or 1 where they differ. */
function broadcastOf(shapes: readonly Shape[], config: ConfigReader): Shape {
  const [first, ...others] = shapes
  if (first === undefined) throw modelInvalid(`${config.where}: expected at least one input`)
  return others.reduce((left, right) => {
    const fits =
      left.length === right.length &&
      left.every((size, axis) => size === right[axis] || size === 1 || right[axis] === 1)
    if (!fits)
      throw modelInvalid(`${config.where}: inputs [${left.join()}] and [${right.join()}] do not fit each other`)
    return left.map((size, axis) => Math.max(size, right[axis] ?? 1))
  }, first)
}
