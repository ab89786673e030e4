/** Runs a layer by itself: no model, no archive, no Python. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { JsonObject } from '@aibomgen/core'

import { ConfigReader } from '../../src/keras/config-reader.ts'
import { newPass } from '../../src/keras/forward.ts'
import { BY_ITSELF, INPUTS_ALONE, type Layer, type Shape } from '../../src/keras/layer.ts'
import { LAYER_FACTORIES } from '../../src/keras/layers/layer-factories.ts'
import { sizeOf } from '../../src/keras/shapes.ts'
import { createRandom } from '../../src/random.ts'

/** A layer and how it is tried: what goes in besides the row axis. */
export interface LayerTrial {
  readonly type: string
  readonly config: JsonObject
  readonly inputs: readonly Shape[]
}

/** The layer, every option read. */
export function buildLayer({ type, config, inputs }: LayerTrial): Layer {
  const factory = LAYER_FACTORIES.get(type)
  if (factory === undefined) throw new TypeError(`no layer ${type}`)
  const reader = new ConfigReader(config, `layer "tried" (${type})`)
  const layer = factory(reader, inputs, true, BY_ITSELF)
  reader.finish()
  return layer
}

/** Numbers between −1 and 1, the same for the same seed. */
export function numbers(size: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: size }, () => 2 * random.nextFloat() - 1)
}

/** What a layer gives for two rows, on the backend that is loaded. */
export function callLayer(
  layer: Layer,
  values: { readonly inputs: readonly Tensor[]; readonly weights: readonly Variable[] },
  manner: { readonly training: boolean; readonly seed?: number },
): Tensor {
  const pass = newPass(manner.training, createRandom(manner.seed ?? 1))
  const result = layer.call(values.inputs, values.weights, pass, INPUTS_ALONE)
  if (!('tensors' in result)) return result
  const [only, ...others] = result.tensors
  if (only === undefined || others.length > 0) throw new TypeError('expected a layer of one output')
  return only
}

/** Two rows of each input, and weights, by a seed. */
export function valuesFor(layer: Layer, { inputs }: LayerTrial, seed = 1): Float32Array[] {
  return [...inputs.map((shape) => 2 * sizeOf(shape)), ...layer.weights.map(({ shape }) => sizeOf(shape))].map(
    (size, index) => numbers(size, seed * 100 + index),
  )
}

/**
 * The slopes of a weighted sum of what a layer gives, by its inputs and weights in one list, and the sum itself as a
 * function of them. While training, unless it is said otherwise.
 */
export function slopesOf(
  layer: Layer,
  trial: LayerTrial,
): {
  readonly total: (values: readonly Float32Array[]) => number
  readonly slopes: (values: readonly Float32Array[]) => Float32Array[]
} {
  const shapes = [...trial.inputs.map((shape) => [2, ...shape]), ...layer.weights.map(({ shape }) => [...shape])]
  const split = trial.inputs.length
  const weighted = (tensors: readonly Tensor[]): Tensor => {
    const weights = tensors.slice(split) as Variable[]
    const output = callLayer(layer, { inputs: tensors.slice(0, split), weights }, { training: true })
    return tf.sum(tf.mul(output, tf.reshape(tf.cos(tf.range(0, output.size)), output.shape)))
  }
  const tensorsOf = (values: readonly Float32Array[]): Tensor[] =>
    values.map((value, index) => tf.tensor(value, shapes[index]))
  return {
    total: (values) => tf.tidy(() => weighted(tensorsOf(values))).dataSync()[0] ?? Number.NaN,
    slopes: (values) =>
      tf
        .tidy(() => tf.grads((...tensors: Tensor[]) => weighted(tensors))(tensorsOf(values)))
        .map((slope) => Float32Array.from(slope.dataSync())),
  }
}
