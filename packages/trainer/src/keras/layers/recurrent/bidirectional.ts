/** Bidirectional: a recurrent layer and its like that reads from the end. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonObject, JsonValue } from '@aibomgen/core'

import { isJsonObject, textOf } from '../../config-reader.ts'
import {
  outputShapesOf,
  tensorsOf,
  weightsWithin,
  type CallArguments,
  type LayerFactory,
  type Shape,
} from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'

const MODES = ['concat', 'sum', 'mul', 'ave'] as const
type Mode = (typeof MODES)[number] | undefined

/** `keras.layers.Bidirectional`, with every way to merge, and none. */
export const bidirectional: LayerFactory = (config, inputs, _trainable, { given, inside }) => {
  const forwardObject = withZeros(config.value('layer') ?? null, config.where)
  const ownBackward = config.value('backward_layer')
  const backwardObject = ownBackward === undefined ? turned(forwardObject) : withZeros(ownBackward, config.where)
  const mode: Mode = config.value('merge_mode') === undefined ? undefined : config.oneOf('merge_mode', MODES)
  const [forwardGiven, backwardGiven] = halves(given)
  const forward = inside(forwardObject, inputs, forwardGiven)
  const backward = inside(backwardObject, inputs, backwardGiven)
  const sequences = forward.config.return_sequences === true
  const returnsState = forward.config.return_state === true
  if (
    ['return_sequences', 'return_state'].some(
      (name) => (forward.config[name] === true) !== (backward.config[name] === true),
    )
  ) {
    // prettier-ignore
    throw modelInvalid(`${config.where}: the two layers do not return the same`)
  }
  if ((forward.config.go_backwards === true) === (backward.config.go_backwards === true)) {
    throw modelInvalid(`${config.where}: both layers go the same way`)
  }
  const outputShapes = (shapes: readonly Shape[], call: CallArguments<Shape>): readonly Shape[] => {
    const [first, second] = halves(call)
    const [left = [], ...leftStates] = outputShapesOf(forward.layer, shapes, first)
    const [right = [], ...rightStates] = outputShapesOf(backward.layer, shapes, second)
    const whole = [...left.slice(0, -1), (left.at(-1) ?? 0) + (mode === 'concat' ? (right.at(-1) ?? 0) : 0)]
    return [...(mode === undefined ? [left, right] : [whole]), ...leftStates, ...rightStates]
  }
  return {
    weights: [
      ...weightsWithin('forward_layer', forward.layer.weights),
      ...weightsWithin('backward_layer', backward.layer.weights),
    ],
    outputShape: (shapes, call) => outputShapes(shapes, call)[0] ?? [],
    outputShapes,
    call(tensors, weights, pass, call) {
      const [first, second] = halves(call)
      const count = forward.layer.weights.length
      const there = tensorsOf(forward.layer.call(tensors, weights.slice(0, count), pass, { ...call, ...first }))
      const back = tensorsOf(backward.layer.call(tensors, weights.slice(count), pass, { ...call, ...second }))
      const [left, ...leftStates] = there
      const [right, ...rightStates] = back
      if (left === undefined || right === undefined) throw new TypeError('bidirectional: a layer gave nothing')
      const outputs = merge(left, sequences ? tf.reverse(right, 1) : right, mode)
      const mask = sequences ? call.masks[0] : undefined
      return {
        tensors: [...outputs, ...(returnsState ? [...leftStates, ...rightStates] : [])],
        masks: outputs.map(() => mask),
      }
    },
  }
}

function merge(left: Tensor, right: Tensor, mode: Mode): readonly Tensor[] {
  switch (mode) {
    case 'concat':
      return [tf.concat([left, right], -1)]
    case 'sum':
      return [tf.add(left, right)]
    case 'mul':
      return [tf.mul(left, right)]
    case 'ave':
      return [tf.div(tf.add(left, right), 2)]
    case undefined:
      return [left, right]
  }
}

/** Keras makes both layers give zeros for steps that do not count, where they return sequences. */
function withZeros(object: JsonValue, where: string): JsonObject {
  const config = isJsonObject(object) ? object.config : undefined
  if (!isJsonObject(object) || !isJsonObject(config)) throw modelInvalid(`${where}: expected a serialized layer`)
  if (!['GRU', 'LSTM', 'RNN', 'SimpleRNN'].includes(textOf(object.class_name))) {
    throw modelUnsupported('layer', `around ${textOf(object.class_name)}`, where)
  }
  return { ...object, config: { ...config, zero_output_for_mask: config.return_sequences === true } }
}

/** The same layer, going backwards: what Keras makes where no backward layer is given. */
function turned(object: JsonObject): JsonObject {
  const config = isJsonObject(object.config) ? object.config : {}
  return { ...object, config: { ...config, go_backwards: true } }
}

/** The first half of the initial states is the forward layer's. */
function halves<Item>(call: CallArguments<Item>): readonly [CallArguments<Item>, CallArguments<Item>] {
  const states = call.tensors.initial_state
  if (states === undefined) return [call, call]
  const half = states.length / 2
  const part = (items: readonly Item[]): CallArguments<Item> => ({ ...call, tensors: { initial_state: items } })
  return [part(states.slice(0, half)), part(states.slice(half))]
}
