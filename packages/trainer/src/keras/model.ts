/** A model: its graph of layers, its weights and how it was compiled. Plain data, of no engine. @module */

import type { CompileConfig } from './compile-config.ts'
import { ConfigReader } from './config-reader.ts'
import type { Layer, Shape, WeightSpec } from './layer.ts'
import { INTEGER_LAYERS, LAYER_FACTORIES } from './layers/layer-factories.ts'
import { assertFloat32, tensorKey, type LayerConfig, type ModelConfig, type ModelInput } from './model-config.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'
import type { OptimizerState } from './optimizers.ts'
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
}

/** One call of a layer, in an order in which every input is there before it is used. */
export interface LayerCall {
  readonly layer: ModelLayer
  readonly inputs: readonly string[]
  readonly output: string
}

/** A compiled Keras model. Training replaces the `values` of its weights and nothing else. */
export interface KerasModel {
  readonly name: string
  readonly family: 'Sequential' | 'Functional'
  readonly inputs: readonly ModelInput[]
  readonly layers: readonly ModelLayer[]
  readonly calls: readonly LayerCall[]
  /** Key of the output tensor, the name of the layer that gives it, and its shape. */
  readonly output: { readonly key: string; readonly layer: string; readonly shape: Shape }
  readonly compile: CompileConfig
  /** Where the optimizer stood when the model was saved; undefined where the archive does not say. */
  readonly optimizerState: OptimizerState | undefined
  /** `config.json` and the Keras version as they were read, to be written back unchanged. */
  readonly source: { readonly config: Uint8Array; readonly kerasVersion: string }
}

/** A model's graph, its weights not yet filled. */
export type ModelGraph = Pick<KerasModel, 'name' | 'family' | 'inputs' | 'layers' | 'calls' | 'output'>

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

  let waiting = config.layers.flatMap((layer) => layer.calls.map((inputs, index) => ({ layer, inputs, index })))
  while (waiting.length > 0) {
    const blocked: typeof waiting = []
    for (const call of waiting) {
      if (!call.inputs.every((key) => shapes.has(key))) {
        blocked.push(call)
        continue
      }
      const known = call.inputs.map((key) => shapes.get(key) ?? [])
      const group = groups[config.layers.indexOf(call.layer)] ?? ''
      const layer = built.get(call.layer) ?? buildLayer(call.layer, known, group, config.trainable)
      built.set(call.layer, layer)
      const output = tensorKey(call.layer.name, call.index)
      shapes.set(output, layer.layer.outputShape(known))
      calls.push({ layer, inputs: call.inputs, output })
    }
    if (blocked.length === waiting.length) throw modelInvalid('config.json: the layers form no graph from the inputs')
    waiting = blocked
  }

  const shape = shapes.get(config.output)
  const last = calls.find((call) => call.output === config.output)
  if (shape === undefined || last === undefined) throw modelInvalid('config.json: the output is given by no layer')
  const layers = config.layers.flatMap((layer) => built.get(layer) ?? [])
  const output = { key: config.output, layer: last.layer.name, shape }
  return { name: config.name, family: config.family, inputs: config.inputs, layers, calls, output }
}

function buildLayer(description: LayerConfig, inputs: readonly Shape[], group: string, trainable: boolean): ModelLayer {
  const { name, className, config } = description
  const reader = new ConfigReader(config, `layer "${name}" (${className})`)
  const factory = LAYER_FACTORIES.get(className)
  if (factory === undefined) throw modelUnsupported('layer', className, reader.where)
  if (INTEGER_LAYERS.has(className)) reader.ignore('dtype')
  else assertFloat32(reader)
  reader.ignore('name')
  const learns = reader.boolean('trainable', true) && trainable
  const layer = factory(reader, inputs, learns)
  reader.finish()
  const weights = layer.weights.map((spec, index) => ({
    spec,
    path: `layers/${group}/vars/${index}`,
    values: new Float32Array(0),
  }))
  return { name, className, trainable: learns, layer, weights, outputShape: layer.outputShape(inputs) }
}
