/** A pass through a model's graph on the loaded tfjs backend. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Random } from '../random.ts'
import type { Pass } from './layer.ts'
import type { Prediction } from './losses.ts'
import { tensorKey } from './model-config.ts'
import type { KerasModel, ModelWeight } from './model.ts'

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
  return { training, random, logits: new WeakMap(), sparseGradients: new Map() }
}

/** Runs every call of the graph in order. */
export function forward(model: KerasModel, weights: LiveWeights, inputs: readonly Tensor[], pass: Pass): Prediction {
  const tensors = new Map<string, Tensor>()
  model.inputs.forEach((input, index) => {
    const tensor = inputs[index]
    if (tensor !== undefined) tensors.set(tensorKey(input.name, 0), tensor)
  })
  for (const { layer, inputs: keys, output } of model.calls) {
    const arguments_ = keys.map((key) => tensorAt(tensors, key))
    const variables = layer.weights.flatMap((weight) => weights.get(weight) ?? [])
    tensors.set(output, layer.layer.call(arguments_, variables, pass))
  }
  const output = tensorAt(tensors, model.output.key)
  return { output, logits: pass.logits.get(output) }
}

/** The penalties that regularizers ask for, of the weights that are trained (as Keras counts them). */
export function penalties(weights: LiveWeights): readonly Scalar[] {
  return [...weights].flatMap(([{ spec }, variable]): Scalar[] => {
    if (spec.regularizer === undefined || !spec.trainable) return []
    const { l1, l2 } = spec.regularizer
    return [
      ...(l1 === 0 ? [] : [tf.mul<Scalar>(l1, tf.sum<Scalar>(tf.abs(variable)))]),
      ...(l2 === 0 ? [] : [tf.mul<Scalar>(l2, tf.sum<Scalar>(tf.square(variable)))]),
    ]
  })
}

function tensorAt(tensors: ReadonlyMap<string, Tensor>, key: string): Tensor {
  const tensor = tensors.get(key)
  if (tensor === undefined) throw new TypeError(`model: tensor ${key} is used before it is there`)
  return tensor
}
