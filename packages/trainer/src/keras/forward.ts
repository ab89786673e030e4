/** A pass through a model's graph on the loaded tfjs backend. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Random } from '../random.ts'
import type { Mask, Pass, TensorArguments } from './layer.ts'
import { callSignature } from './layers/call-signatures.ts'
import { passesMask } from './layers/mask-passing.ts'
import type { Prediction } from './losses.ts'
import { tensorKey } from './model-config.ts'
import type { KerasModel, LayerCall, ModelGraph, ModelLayer, ModelWeight } from './model.ts'

/** A model's weights as tfjs variables. */
export type LiveWeights = ReadonlyMap<ModelWeight, Variable>

/** Copies a model's weights to the loaded backend. The caller disposes the variables. */
export function uploadWeights(model: KerasModel): LiveWeights {
  const weights = model.layers.flatMap((layer) => layer.weights)
  return new Map(
    weights.map((weight) => {
      const values = weight.values instanceof Float32Array ? weight.values : Float32Array.from(weight.values, Number)
      const initial = tf.tensor(values, [...weight.spec.shape])
      const variable = tf.variable(initial, weight.spec.trainable)
      initial.dispose()
      return [weight, variable]
    }),
  )
}

/** What the layers of one pass share. */
export function newPass(training: boolean, random: Random): Pass {
  return { training, random, logits: new WeakMap(), sparseGradients: new Map(), penalties: [] }
}

/** Runs every call of the model in order. One prediction per output. */
export function forward(
  model: ModelGraph,
  weights: LiveWeights,
  inputs: readonly Tensor[],
  pass: Pass,
): readonly Prediction[] {
  const variablesOf = (layer: ModelLayer): readonly Variable[] =>
    layer.weights.flatMap((weight) => weights.get(weight) ?? [])
  const made = runGraph(
    model,
    variablesOf,
    inputs.map((tensor) => ({ tensor, mask: undefined })),
    pass,
  )
  return made.map(({ tensor, mask }) => ({ output: tensor, logits: pass.logits.get(tensor), mask }))
}

/** A tensor of the graph with the mask that goes along. */
export interface Made {
  readonly tensor: Tensor
  readonly mask: Mask
}

/** Runs every call of a graph in order, on the weights that each layer is given. */
export function runGraph(
  graph: ModelGraph,
  variablesOf: (layer: ModelLayer) => readonly Variable[],
  inputs: readonly Made[],
  pass: Pass,
): readonly Made[] {
  const made = new Map<string, Made>()
  graph.inputs.forEach((input, index) => {
    const given = inputs[index]
    if (given !== undefined) made.set(tensorKey(input.name, 0), given)
  })
  for (const call of graph.calls) runCall(call, variablesOf(call.layer), made, pass)
  return graph.outputs.map(({ key }) => madeAt(made, key))
}

function runCall(call: LayerCall, variables: readonly Variable[], made: Map<string, Made>, pass: Pass): void {
  const { layer, className } = call.layer
  const inputs = call.inputs.map((key) => madeAt(made, key))
  const { mask, ...others } = Object.fromEntries(
    Object.entries(call.tensors).map(([name, keys]) => [name, keys.map((key) => madeAt(made, key))]),
  )
  const carried = mask?.map(({ tensor }) => tensor) ?? inputs.map((input) => input.mask)
  const given: TensorArguments = {
    tensors: mapValues(others, ({ tensor }) => tensor),
    otherMasks: mapValues(others, (other) => other.mask),
    options: call.options,
    masks: mask === undefined && hidesMask(call, others) ? [] : carried,
  }
  const result = layer.call(
    inputs.map(({ tensor }) => tensor),
    variables,
    pass,
    given,
  )
  if (layer.takesMasks === true) takeMasks([inputs, others.value ?? [], others.key ?? []].flat(), made)
  const tensors = 'tensors' in result ? result.tensors : [result]
  if (call.layer.activityRegularizer !== undefined) {
    for (const tensor of tensors) {
      pass.penalties.push(tf.div<Scalar>(call.layer.activityRegularizer.of(tensor), tensor.shape[0] ?? 1))
    }
  }
  const passes = layer.passesMask ?? passesMask(className)
  const masks = 'tensors' in result ? (result.masks ?? []) : passes ? [carried[0]] : []
  call.outputs.forEach((key, index) => {
    const tensor = tensors[index]
    if (tensor !== undefined) made.set(key, { tensor, mask: masks[index] })
  })
}

/** Takes the masks off the tensors, under every key that they have: a layer may give its input as it is. */
function takeMasks(from: readonly Made[], made: Map<string, Made>): void {
  const tensors = new Set(from.map(({ tensor }) => tensor))
  for (const [key, { tensor }] of made) if (tensors.has(tensor)) made.set(key, { tensor, mask: undefined })
}

/** Keras hands a mask to a `mask` parameter by itself only where the call's one argument of tensors is the first. */
function hidesMask(call: LayerCall, others: Readonly<Record<string, unknown>>): boolean {
  return callSignature(call.layer.className).includes('mask') && Object.keys(others).length > 0
}

function mapValues<From, To>(
  lists: Readonly<Record<string, readonly From[]>>,
  change: (value: From) => To,
): Record<string, readonly To[]> {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.map(change)]))
}

/** The penalties that regularizers ask for, of the weights that are trained (as Keras counts them). */
export function penalties(weights: LiveWeights): readonly Scalar[] {
  return [...weights].flatMap(([{ spec }, variable]): Scalar[] => {
    if (spec.regularizer === undefined || !spec.trainable) return []
    return [spec.regularizer.of(variable)]
  })
}

function madeAt(made: ReadonlyMap<string, Made>, key: string): Made {
  const found = made.get(key)
  if (found === undefined) throw new TypeError(`model: tensor ${key} is used before it is there`)
  return found
}
