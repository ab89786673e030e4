/** One call of a layer, as an archive's graph describes it: `inbound_nodes`. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'

import { isJsonObject, textOf } from './config-reader.ts'
import { callSignature } from './layers/call-signatures.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'

/** A call: its tensors by key (see `tensorKey`), its other arguments as they are. */
export interface CallConfig {
  /** The tensors of the first argument; of an operation on two operands whose first is a number, of the second. */
  readonly inputs: readonly string[]
  /** Those of the others, by parameter. */
  readonly tensors: Readonly<Record<string, readonly string[]>>
  /** Arguments that are no tensors and not null, by parameter. */
  readonly options: Readonly<Record<string, JsonValue>>
}

/** Finds the key of a tensor from its `keras_history`: `[layer, call, tensor]`. */
export type Endpoint = (history: JsonValue) => string

/**
 * Reads one of a layer's `inbound_nodes`.
 *
 * @param where - whose call it is, for messages
 * @throws TrainingError `MODEL_UNSUPPORTED` for an argument that layers of the class do not take
 */
export function readCall(node: JsonObject, className: string, where: string, endpoint: Endpoint): CallConfig {
  const [first, ...others] = callSignature(className)
  const given = new Map<string, JsonValue>()
  const parameters = [first, ...others]
  listOf(node.args, where).forEach((value, index) => {
    const parameter = parameters[index]
    if (parameter !== undefined) given.set(parameter, value)
    else if (value !== null) throw modelUnsupported('call', `with ${index + 1} positional arguments`, where)
  })
  for (const [name, value] of Object.entries(isJsonObject(node.kwargs) ? node.kwargs : {})) {
    // What a pass is for overrides `training`, whatever the graph says (`keras.src.models.functional.operation_fn`).
    if (name === 'training' || value === null) continue
    if (!parameters.includes(name)) throw modelUnsupported('call argument', name, where)
    given.set(name, value)
  }
  const tensorsIn = (name: string): readonly string[] | undefined => tensorsOf(given.get(name) ?? null, where, endpoint)
  // `2 * x` gives an operation its tensor second.
  const isSwapped = first === 'x1' && tensorsIn('x1') === undefined && tensorsIn('x2') !== undefined
  const leading = isSwapped ? 'x2' : first
  const inputs = tensorsIn(leading)
  if (inputs === undefined) throw modelInvalid(`${where}: is called without a tensor`)
  const tensors: Record<string, readonly string[]> = {}
  const options: Record<string, JsonValue> = {}
  for (const name of parameters) {
    if (name === leading) continue
    const value = given.get(name) ?? null
    const found = tensorsIn(name)
    if (found !== undefined) tensors[name] = found
    else if (value !== null) options[name] = value
  }
  return { inputs, tensors, options }
}

/** The tensors of an argument, one or a list of them (a dictionary in the order of its names); undefined for others. */
function tensorsOf(value: JsonValue, where: string, endpoint: Endpoint): readonly string[] | undefined {
  if (isTensor(value)) return [endpoint(isJsonObject(value.config) ? (value.config.keras_history ?? null) : null)]
  const parts = Array.isArray(value)
    ? (value as readonly JsonValue[])
    : isJsonObject(value) && typeof value.class_name !== 'string'
      ? Object.keys(value).sort().map((name) => value[name] ?? null) // prettier-ignore
      : []
  if (!parts.some(isTensor)) return undefined
  return parts.flatMap((part) => {
    if (!isTensor(part)) throw modelUnsupported('call argument', textOf(part), where)
    return tensorsOf(part, where, endpoint) ?? []
  })
}

function isTensor(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && value.class_name === '__keras_tensor__'
}

function listOf(value: JsonValue | undefined, where: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw modelInvalid(`${where}: expected a list of arguments`)
  return value as readonly JsonValue[]
}
