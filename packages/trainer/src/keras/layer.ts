/** What a layer is: its weights, its shapes and its arithmetic. @module */

import type { Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Random } from '../random.ts'
import type { ConfigReader, Regularizer } from './config-reader.ts'

/** A tensor's shape without the row axis. */
export type Shape = readonly number[]

/** One weight that a layer needs, in the order of the layer's `vars` in the archive. */
export interface WeightSpec {
  /** As Keras names it: `kernel`, `moving_mean`. */
  readonly name: string
  readonly shape: Shape
  /** Whether training changes it. */
  readonly trainable: boolean
  /** `count` is the integer that `Normalization` keeps beside its statistics. */
  readonly dtype: 'float32' | 'count'
  readonly regularizer?: Regularizer
}

/** A gradient as TensorFlow has it for a lookup: one row per occurrence, rows of one index not yet added up. */
export interface SparseGradient {
  /** int32, one index per row of `rows`. */
  readonly indices: Tensor
  /** [occurrences, width] */
  readonly rows: Tensor
}

/** What one pass through a model shares with its layers. */
export interface Pass {
  readonly training: boolean
  /** Where dropout masks come from. */
  readonly random: Random
  /** Softmax and sigmoid outputs, each with what went in (Keras's `_keras_logits`). */
  readonly logits: WeakMap<Tensor, Tensor>
  /** Filled while gradients are taken, for optimizers that look at single occurrences. Kept: the step disposes them. */
  readonly sparseGradients: Map<Variable, SparseGradient[]>
}

/** One layer of a model, ready to run. Shared layers are called several times. */
export interface Layer {
  readonly weights: readonly WeightSpec[]
  /** @throws TrainingError `MODEL_INVALID` for inputs that do not fit */
  outputShape(inputs: readonly Shape[]): Shape
  call(inputs: readonly Tensor[], weights: readonly Variable[], pass: Pass): Tensor
}

/** How a layer class is made from its config and the shapes of its first inputs. */
export type LayerFactory = (config: ConfigReader, inputs: readonly Shape[], trainable: boolean) => Layer

/** A trainable float32 weight; one that is frozen where its layer is. */
export function trainableWeight(name: string, shape: Shape, trainable: boolean, regularizer?: Regularizer): WeightSpec {
  return { name, shape, trainable, dtype: 'float32', ...(regularizer === undefined ? {} : { regularizer }) }
}

/** A float32 weight that gradients never touch. */
export function stateWeight(name: string, shape: Shape): WeightSpec {
  return { name, shape, trainable: false, dtype: 'float32' }
}

/** The first of a layer's tensors: the model checked at building that it is there. */
export function firstOf<T extends Tensor>(tensors: readonly (T | undefined)[]): T {
  const [first] = tensors
  if (first === undefined) throw new TypeError('layer: called without a tensor it needs')
  return first
}
