/** Where a layer's channels are: our arithmetic has them last, others are turned there and back. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Activation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { Layer, Pass, Shape } from '../layer.ts'

/** A layer whose calls give one tensor and look at nothing but their inputs. */
export interface PlainLayer extends Layer {
  outputShape(inputs: readonly Shape[]): Shape
  call(inputs: readonly Tensor[], weights: readonly Variable[], pass: Pass): Tensor
}

/** A layer that reads `data_format`: `build` makes it for channels last, whichever of the two the config asks for. */
export function inChannelsLast(
  config: ConfigReader,
  inputs: readonly Shape[],
  build: (inputs: readonly Shape[]) => PlainLayer,
): PlainLayer {
  if (config.oneOf('data_format', ['channels_last', 'channels_first']) === 'channels_last') return build(inputs)
  const layer = build(inputs.map(shapeToLast))
  return {
    ...layer,
    outputShape: (shapes) => shapeToFirst(layer.outputShape(shapes.map(shapeToLast))),
    call: (tensors, weights, pass) => channelsToFirst(layer.call(tensors.map(channelsToLast), weights, pass)),
  }
}

/** A layer with an activation over what it gives, whichever way that is turned. */
export function activated(layer: PlainLayer, activation: Activation): PlainLayer {
  return { ...layer, call: (tensors, weights, pass) => activation(layer.call(tensors, weights, pass), pass) }
}

/** Moves axis 1 to the end. */
export function channelsToLast(tensor: Tensor): Tensor {
  const spatial = Array.from({ length: tensor.rank - 2 }, (_, axis) => axis + 2)
  return tensor.rank < 3 ? tensor : tf.transpose(tensor, [0, ...spatial, 1])
}

/** Moves the last axis to place 1. */
export function channelsToFirst(tensor: Tensor): Tensor {
  const spatial = Array.from({ length: tensor.rank - 2 }, (_, axis) => axis + 1)
  return tensor.rank < 3 ? tensor : tf.transpose(tensor, [0, tensor.rank - 1, ...spatial])
}

function shapeToLast(shape: Shape): Shape {
  return [...shape.slice(1), ...shape.slice(0, 1)]
}

function shapeToFirst(shape: Shape): Shape {
  return [...shape.slice(-1), ...shape.slice(0, -1)]
}
