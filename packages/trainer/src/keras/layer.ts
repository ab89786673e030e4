/** What a layer is: its weights, its shapes and its arithmetic. @module */

import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
import type { JsonObject, JsonValue } from '@aibomgen/core'

import type { Random } from '../random.ts'
import { isJsonObject, textOf, type ConfigReader } from './config-reader.ts'
import type { Constraint } from './constraints.ts'
import { modelUnsupported } from './model-errors.ts'
import type { Regularizer } from './regularizers.ts'

/** A tensor's shape without the row axis. */
export type Shape = readonly number[]

/** One weight that a layer needs, in the order of Keras's own list, which is the optimizer's too. */
export interface WeightSpec {
  /** As Keras names it: `kernel`, `moving_mean`. */
  readonly name: string
  /** Where it lies in the layer's group of the archive: `cell/vars/0`. Absent: `vars/` and its place in the list. */
  readonly path?: string
  readonly shape: Shape
  /** Whether training changes it. */
  readonly trainable: boolean
  /** `count` is the integer that `Normalization` keeps beside its statistics. */
  readonly dtype: 'float32' | 'count'
  readonly regularizer?: Regularizer
  /** What it becomes after each step. */
  readonly constraint?: Constraint
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
  /** What layers add to the loss for what they give; filled while the pass runs. */
  readonly penalties: Scalar[]
}

/**
 * What a call of a layer is given beside its inputs, which are the tensors of its first argument. Names are those of
 * Keras's parameters; which ones a class takes stands in `call-signatures.ts`.
 */
export interface CallArguments<Item> {
  /** Other tensors: `initial_state`, `value`. */
  readonly tensors: Readonly<Record<string, readonly Item[]>>
  /** Arguments that are neither tensors nor null: `use_causal_mask`. `training` is never one: the pass says it. */
  readonly options: Readonly<Record<string, JsonValue>>
}

/** A mask has a boolean per row and step: false where padding stands. Undefined where everything counts. */
export type Mask = Tensor | undefined

/** The arguments of a call during a pass. */
export interface TensorArguments extends CallArguments<Tensor> {
  /** Of each input: what the layers before gave, or what the call's own `mask` says. */
  readonly masks: readonly Mask[]
  /** Of each tensor in `tensors`. */
  readonly otherMasks: Readonly<Record<string, readonly Mask[]>>
}

/** Of a call that gives a layer its inputs and nothing else. */
export const INPUTS_ALONE: CallArguments<never> & TensorArguments = {
  tensors: {},
  options: {},
  masks: [],
  otherMasks: {},
}

/** What a layer of several outputs gives, or one whose mask is not that of its input. */
export interface CallResult {
  readonly tensors: readonly Tensor[]
  /** One per tensor; none where it is left out. */
  readonly masks?: readonly Mask[]
}

/** One layer of a model, ready to run. Shared layers are called several times. */
export interface Layer {
  readonly weights: readonly WeightSpec[]
  /** Whether the mask of the first input is that of the output (Keras's `supports_masking`); else it ends here. */
  readonly passesMask?: boolean
  /** Whether whatever comes after it finds no masks on the tensors that it was given, as Keras has it. */
  readonly takesMasks?: boolean
  /** @throws TrainingError `MODEL_INVALID` for inputs that do not fit */
  outputShape(inputs: readonly Shape[], given: CallArguments<Shape>): Shape
  /** Of a layer whose calls give several tensors; the first is `outputShape`'s. */
  outputShapes?(inputs: readonly Shape[], given: CallArguments<Shape>): readonly Shape[]
  call(inputs: readonly Tensor[], weights: readonly Variable[], pass: Pass, given: TensorArguments): Tensor | CallResult
}

/** What a layer is made with beside its config. */
export interface LayerContext {
  /** Of the layer's first call. */
  readonly given: CallArguments<Shape>
  /**
   * Makes a layer that stands inside this one, from its serialized form. Whether it learns, it says itself: Keras writes
   * what was frozen as frozen, inside and out.
   */
  readonly inside: (object: JsonValue, inputs: readonly Shape[], given: CallArguments<Shape>) => InnerLayer
}

/** Of a layer that takes its inputs alone, and has none inside. */
export const BY_ITSELF: LayerContext = {
  given: INPUTS_ALONE,
  inside(object) {
    throw modelUnsupported('layer', isJsonObject(object) ? textOf(object.class_name) : 'inside another', 'a pipeline')
  },
}

/** A layer inside another. */
export interface InnerLayer {
  readonly name: string
  readonly className: string
  readonly config: JsonObject
  readonly layer: Layer
}

/** How a layer class is made from its config and the shapes of its first inputs. */
export type LayerFactory = (
  config: ConfigReader,
  inputs: readonly Shape[],
  trainable: boolean,
  context: LayerContext,
) => Layer

/** The weights of a layer inside another, with paths from the group of the outer one. */
export function weightsWithin(group: string, weights: readonly WeightSpec[]): readonly WeightSpec[] {
  return weights.map((spec, index) => ({ ...spec, path: `${group}/${spec.path ?? `vars/${index}`}` }))
}

/** What a call gave, as a list of tensors. */
export function tensorsOf(result: Tensor | CallResult): readonly Tensor[] {
  return 'tensors' in result ? result.tensors : [result]
}

/** The shapes that a layer's calls give. */
export function outputShapesOf(
  layer: Layer,
  inputs: readonly Shape[],
  given: CallArguments<Shape> = INPUTS_ALONE,
): readonly Shape[] {
  return layer.outputShapes?.(inputs, given) ?? [layer.outputShape(inputs, given)]
}

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
