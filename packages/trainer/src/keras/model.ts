/** A model: its graph of layers, its weights and how it was compiled. Plain data, of no engine. @module */

import type { CallConfig } from './call-config.ts'
import { inKerasOrder } from './call-order.ts'
import type { CompileConfig } from './compile-config.ts'
import { outputShapesOf, type CallArguments, type Layer, type Shape, type WeightSpec } from './layer.ts'
import { makeLayer } from './make-layer.ts'
import { tensorKey, type LayerConfig, type ModelConfig, type ModelInput, type OutputConfig } from './model-config.ts'
import { modelInvalid } from './model-errors.ts'
import type { OptimizerState } from './optimizers.ts'
import type { Regularizer } from './regularizers.ts'
import { weightGroups } from './weight-paths.ts'

/** The numbers of one weight, row-major. `BigInt64Array` only for what Keras stores as a 64-bit count. */
export type WeightValues = Float32Array | Int32Array | BigInt64Array

/** One weight of a model. */
export interface ModelWeight {
  readonly spec: WeightSpec
  /** Where the archive has it: `layers/dense_1/vars/0`. */
  readonly path: string
  /** Replaced by what training learned. */
  values: WeightValues
}

/** One layer of a model, with its weights. */
export interface ModelLayer {
  readonly name: string
  readonly className: string
  readonly trainable: boolean
  readonly layer: Layer
  readonly weights: readonly ModelWeight[]
  /** Of its first call. */
  readonly outputShape: Shape
  /** The penalty on what it gives, per row. */
  readonly activityRegularizer?: Regularizer
}

/** One call of a layer. Tensors are named by key. */
export interface LayerCall extends CallConfig {
  readonly layer: ModelLayer
  readonly outputs: readonly string[]
}

/** One output of a model. */
export interface ModelOutput extends OutputConfig {
  readonly shape: Shape
}

/** A compiled Keras model. Training replaces the `values` of its weights and its `optimizerState`, nothing else. */
export interface KerasModel {
  readonly name: string
  readonly family: 'Sequential' | 'Functional'
  readonly inputs: readonly ModelInput[]
  readonly layers: readonly ModelLayer[]
  /** In Keras's order: every input is there before it is used. */
  readonly calls: readonly LayerCall[]
  readonly outputs: readonly ModelOutput[]
  readonly compile: CompileConfig
  /**
   * Where the optimizer stands: as the archive says it, then as training left it. Undefined where it never began, or
   * where the archive does not say.
   */
  optimizerState: OptimizerState | undefined
  /** `config.json` and the Keras version as they were read, to be written back unchanged. */
  readonly source: { readonly config: Uint8Array; readonly kerasVersion: string }
}

/** A model's graph, its weights not yet filled. */
export type ModelGraph = Pick<KerasModel, 'name' | 'family' | 'inputs' | 'layers' | 'calls' | 'outputs'>

/**
 * Builds every layer of a described model, in the order of its calls.
 *
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED`
 */
export function buildGraph(config: ModelConfig): ModelGraph {
  const shapes = new Map(config.inputs.map((input) => [tensorKey(input.name, 0), input.shape]))
  const groups = weightGroups(config.layers.map((layer) => layer.className))
  const built = new Map<LayerConfig, ModelLayer>()
  const calls: LayerCall[] = []

  let waiting = config.layers.flatMap((layer) => layer.calls.map((call, index) => ({ layer, call, index })))
  while (waiting.length > 0) {
    const blocked: typeof waiting = []
    for (const next of waiting) {
      const { layer: description, call, index } = next
      const needed = [...call.inputs, ...Object.values(call.tensors).flat()]
      if (!needed.every((key) => shapes.has(key))) {
        blocked.push(next)
        continue
      }
      const { inputs, given } = shapesOf(call, shapes)
      const group = groups[config.layers.indexOf(description)] ?? ''
      const layer = built.get(description) ?? buildLayer(description, inputs, given, { group, ...config })
      built.set(description, layer)
      const outputs = outputShapesOf(layer.layer, inputs, given).map((shape, tensor) => {
        const key = tensorKey(description.name, index, tensor)
        shapes.set(key, shape)
        return key
      })
      calls.push({ ...call, layer, outputs })
    }
    if (blocked.length === waiting.length) throw modelInvalid('config.json: the layers form no graph from the inputs')
    waiting = blocked
  }

  const outputs = config.outputs.map((output) => {
    const shape = shapes.get(output.key)
    if (shape === undefined) throw modelInvalid('config.json: an output is given by no layer')
    return { ...output, shape }
  })
  const layers = config.layers.flatMap((layer) => built.get(layer) ?? [])
  const ordered = inKerasOrder(
    calls,
    outputs.map(({ key }) => key),
  )
  return { name: config.name, family: config.family, inputs: config.inputs, layers, calls: ordered, outputs }
}

function shapesOf(
  call: CallConfig,
  shapes: ReadonlyMap<string, Shape>,
): { readonly inputs: readonly Shape[]; readonly given: CallArguments<Shape> } {
  const known = (keys: readonly string[]): readonly Shape[] => keys.map((key) => shapes.get(key) ?? [])
  const tensors = Object.fromEntries(Object.entries(call.tensors).map(([name, keys]) => [name, known(keys)]))
  return { inputs: known(call.inputs), given: { tensors, options: call.options } }
}

function buildLayer(
  description: LayerConfig,
  inputs: readonly Shape[],
  given: CallArguments<Shape>,
  within: { readonly group: string; readonly trainable: boolean },
): ModelLayer {
  const { name, className } = description
  const place = { inputs, given, trainable: within.trainable }
  const { layer, trainable, activityRegularizer } = makeLayer(description, place)
  const weights = layer.weights.map((spec, index) => ({
    spec,
    path: `layers/${within.group}/${spec.path ?? `vars/${index}`}`,
    values: new Float32Array(0),
  }))
  const outputShape = layer.outputShape(inputs, given)
  const penalty = activityRegularizer === undefined ? {} : { activityRegularizer }
  return { name, className, trainable, layer, weights, outputShape, ...penalty }
}
