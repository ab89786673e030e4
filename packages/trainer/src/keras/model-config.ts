/** `config.json` of an archive: a Sequential or Functional model as one kind of graph. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'

import { readCall, type CallConfig } from './call-config.ts'
import { ConfigReader, isJsonObject, textOf } from './config-reader.ts'
import type { Shape } from './layer.ts'
import { OPERATION_MODULES, operationName } from './layers/operations/operations.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'

/** One model input, in order. */
export interface ModelInput {
  readonly name: string
  readonly shape: Shape
  /** `float32`, `int32` … */
  readonly dtype: string
}

/** A shape that an input will have: what it says counts for the axes that the model leaves open. */
export interface GivenShape {
  /** The model's name of the input. Where no shape has that name, the one at the input's place counts. */
  readonly name?: string
  readonly shape: Shape
}

/** A layer as the archive describes it. */
export interface LayerConfig {
  readonly name: string
  readonly className: string
  readonly config: JsonObject
  /** A shared layer has several. */
  readonly calls: readonly CallConfig[]
}

/** One model output, in order. */
export interface OutputConfig {
  readonly key: string
  /** The layer that gives it. */
  readonly layer: string
  /** As Keras names its loss and metrics: like the layer, or as the dictionary of outputs does. */
  readonly name: string
}

/** A model as the archive describes it. Tensors have keys: see `tensorKey`. */
export interface ModelConfig {
  readonly name: string
  readonly family: 'Sequential' | 'Functional'
  readonly trainable: boolean
  readonly inputs: readonly ModelInput[]
  /** In the archive's order, inputs left out: the order that weight paths count in. */
  readonly layers: readonly LayerConfig[]
  readonly outputs: readonly OutputConfig[]
}

/** The key of a tensor that a layer's n-th call gives. */
export function tensorKey(layer: string, call: number, tensor = 0): string {
  return `${call}:${tensor}:${layer}`
}

/**
 * The model that a parsed `config.json` describes.
 *
 * @param given - shapes for inputs with open axes, as `Input((None,))` has
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED`
 */
export function readModelConfig(document: JsonObject, given: readonly GivenShape[] = []): ModelConfig {
  const family = document.class_name
  if (family !== 'Sequential' && family !== 'Functional') {
    throw modelUnsupported('model', textOf(family), 'config.json', 'build it as Sequential or Functional')
  }
  const reader = new ConfigReader(objectOf(document.config, 'config'), `model (${family})`)
  const name = reader.text('name')
  const trainable = reader.boolean('trainable', true)
  assertFloat32(reader)
  const layers = listOf(reader.value('layers'), 'layers').map((layer) => objectOf(layer, 'layer'))
  reader.ignore('build_input_shape')
  const graph = (family === 'Sequential' ? readSequential : readFunctional)(layers, reader, given)
  reader.finish()
  const names = new Set([...graph.inputs, ...graph.layers].map((layer) => layer.name))
  if (names.size !== graph.inputs.length + graph.layers.length)
    throw modelInvalid('config.json: two layers share a name')
  return { name, family, trainable, ...graph }
}

/**
 * Reads `dtype`: only float32 arithmetic is taken.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED` naming the policy
 */
export function assertFloat32(reader: ConfigReader): void {
  const dtype = reader.value('dtype') ?? 'float32'
  const name = isJsonObject(dtype) && isJsonObject(dtype.config) ? dtype.config.name : dtype
  if (name !== 'float32') throw modelUnsupported('dtype policy', textOf(name), reader.where)
}

type Graph = Pick<ModelConfig, 'inputs' | 'layers' | 'outputs'>

function readSequential(objects: readonly JsonObject[], reader: ConfigReader, given: readonly GivenShape[]): Graph {
  const [first, ...others] = objects
  if (first === undefined) throw modelInvalid('config.json: the model has no layers')
  const explicit = first.class_name === 'InputLayer'
  const built: Exclude<JsonValue, null> | undefined = reader.value('build_input_shape')
  if (!explicit && built === undefined) throw modelInvalid('config.json: the model was saved before it was built')
  const input = explicit
    ? readInput(objectOf(first.config, 'config'), given)
    : { name: 'input_layer', shape: shapeOf(built ?? null, 'build_input_shape', given[0]?.shape), dtype: 'float32' }
  let previous = tensorKey(input.name, 0)
  const layers = (explicit ? others : objects).map((object) => {
    const layer = { ...readLayer(object), calls: [{ inputs: [previous], tensors: {}, options: {} }] }
    previous = tensorKey(layer.name, 0)
    return layer
  })
  const last = layers.at(-1)
  if (last === undefined) throw modelInvalid('config.json: the model has no layers')
  return { inputs: [input], layers, outputs: [{ key: previous, layer: last.name, name: last.name }] }
}

function readFunctional(objects: readonly JsonObject[], reader: ConfigReader, given: readonly GivenShape[]): Graph {
  const inputKeys = endpoints(reader.value('input_layers'), 'input_layers').map(({ key }) => key)
  const inputs = new Map<string, ModelInput>()
  const layers: LayerConfig[] = []
  for (const object of objects) {
    const config = objectOf(object.config, 'config')
    if (object.class_name === 'InputLayer') {
      const key = tensorKey(textOf(config.name), 0)
      inputs.set(key, readInput(config, given, inputKeys.indexOf(key)))
    } else {
      const layer = readLayer(object)
      const where = `layer "${layer.name}" (${layer.className})`
      const nodes = listOf(object.inbound_nodes, 'inbound_nodes').map((node) => objectOf(node, 'inbound node'))
      const calls = nodes.map((node) => readCall(node, layer.className, where, (history) => endpoint(history).key))
      layers.push({ ...layer, calls })
    }
  }
  const nested = new Set(layers.flatMap(({ name, className }) => (className === 'Functional' ? [name] : [])))
  const outputs = endpoints(reader.value('output_layers'), 'output_layers', nested)
  if (outputs.length === 0) throw modelInvalid('config.json: the model has no output')
  const ordered = inputKeys.map((key) => {
    const input = inputs.get(key)
    if (input === undefined) throw modelInvalid(`config.json: input_layers names ${key}, which is no InputLayer`)
    return input
  })
  if (ordered.length !== inputs.size) throw modelInvalid('config.json: not every InputLayer is an input of the model')
  return { inputs: ordered, layers, outputs }
}

function readLayer(object: JsonObject): Omit<LayerConfig, 'calls'> {
  const config = objectOf(object.config, 'config')
  const { name } = config
  const className = object.class_name
  if (typeof name !== 'string' || typeof className !== 'string') throw modelInvalid('config.json: a layer has no name')
  const isOperation = OPERATION_MODULES.has(textOf(object.module))
  return { name, className: isOperation ? operationName(className) : className, config }
}

function readInput(config: JsonObject, given: readonly GivenShape[], place = 0): ModelInput {
  const reader = new ConfigReader(config, `layer "${textOf(config.name)}" (InputLayer)`)
  const name = reader.text('name')
  const { shape: known } = given.find((each) => each.name === name) ?? given[place] ?? {}
  const written = reader.value('batch_shape') ?? reader.value('batch_input_shape') ?? null
  const input = { name, shape: shapeOf(written, reader.where, known), dtype: reader.text('dtype', 'float32') }
  if (!['float32', 'int32', 'int64', 'uint8'].includes(input.dtype)) {
    throw modelUnsupported('input dtype', input.dtype, reader.where)
  }
  reader.finish()
  return input
}

/** A shape whose row axis is open. Other open axes are as long as those of the shape that is known. */
function shapeOf(value: JsonValue, where: string, known: Shape | undefined): Shape {
  const [rows, ...shape] = listOf(value, 'batch_shape')
  if (rows !== null) throw modelUnsupported('option', 'a fixed batch size', where)
  return shape.map((dimension, axis) => {
    const size = dimension ?? (known?.length === shape.length ? known[axis] : undefined)
    if (size === undefined) {
      throw modelUnsupported(
        'shape',
        `with an open axis ${axis + 1} that no input_shape of ${shape.length} sizes settles`,
        where,
      )
    }
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1) {
      throw modelInvalid(`${where}: expected positive integers as shape`)
    }
    return size
  })
}

/**
 * `["a", 0, 0]`, a list of such, or an object of such, which Keras takes in the order of its names.
 *
 * @param nested - Functional models in this one, whose calls are counted from 1 here and from 0 elsewhere
 */
function endpoints(
  value: JsonValue | undefined,
  name: string,
  nested: ReadonlySet<string> = new Set(),
): readonly OutputConfig[] {
  if (isJsonObject(value)) {
    const names = Object.keys(value).sort()
    return names.map((key) => ({ ...endpoint(value[key] ?? null, nested), name: key }))
  }
  const list = listOf(value, name)
  return typeof list[0] === 'string' ? [endpoint(list, nested)] : list.map((entry) => endpoint(entry, nested))
}

function endpoint(value: JsonValue, nested: ReadonlySet<string> = new Set()): OutputConfig {
  const [layer, call, tensor] = listOf(value, 'keras_history')
  if (typeof layer !== 'string' || typeof call !== 'number' || typeof tensor !== 'number') {
    throw modelInvalid('config.json: expected [layer, call, tensor] where a tensor is named')
  }
  return { key: tensorKey(layer, nested.has(layer) ? call - 1 : call, tensor), layer, name: layer }
}

function objectOf(value: JsonValue | undefined, name: string): JsonObject {
  if (!isJsonObject(value)) throw modelInvalid(`config.json: expected an object as ${name}`)
  return value
}

function listOf(value: JsonValue | undefined, name: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw modelInvalid(`config.json: expected a list as ${name}`)
  return value as readonly JsonValue[]
}
