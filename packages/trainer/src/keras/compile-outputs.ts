/** Which loss and which metrics `compile` gives to which output of a model, in every form Keras takes. @module */

import type { JsonValue } from '@aibomgen/core'

import { isJsonObject } from './config-reader.ts'
import type { OutputConfig } from './model-config.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'

/** An output's loss as it is configured. */
export interface LossEntry {
  readonly loss: JsonValue
  /** What it is multiplied by before losses are added up; undefined for nothing. */
  readonly weight: number | undefined
}

/** What is known of an output when `compile` is read. */
export type NamedOutput = Pick<OutputConfig, 'name'>

/**
 * The loss of each output: one for all, a list in the order of the outputs, or a dictionary by name.
 *
 * @returns undefined where there is no loss at all
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED` for an output without a loss, or with several
 */
export function spreadLosses(
  loss: JsonValue,
  weights: JsonValue,
  outputs: readonly NamedOutput[],
): readonly LossEntry[] | undefined {
  if (leaves(loss).length === 0) return undefined
  const several = Array.isArray(loss) || isDictionary(loss)
  const losses = several ? perOutput(loss, outputs, 'loss') : outputs.map(() => loss)
  const factors = spreadWeights(weights, several, outputs)
  return losses.map((entry, index) => {
    const [only, ...more] = leaves(entry)
    const name = outputs[index]?.name ?? ''
    if (only === undefined) throw modelUnsupported('option', `no loss for output ${name}`, 'compile_config')
    if (more.length > 0) throw modelUnsupported('option', `${more.length + 1} losses`, 'compile_config')
    return { loss: only, weight: factors[index] }
  })
}

/**
 * The metrics of each output. Of a model of one output they may be nested in any way; else they are a list with one
 * entry per output, or a dictionary by name.
 */
export function spreadMetrics(metrics: JsonValue, outputs: readonly NamedOutput[]): readonly (readonly JsonValue[])[] {
  if (outputs.length === 1) return [leaves(metrics)]
  if (metrics === null || (Array.isArray(metrics) && metrics.length === 0)) return outputs.map(() => [])
  return perOutput(metrics, outputs, 'metrics').map(leaves)
}

/** One weight for all losses where one loss is for all; else as many as there are losses. */
function spreadWeights(
  weights: JsonValue,
  several: boolean,
  outputs: readonly NamedOutput[],
): readonly (number | undefined)[] {
  if (weights === null) return outputs.map(() => undefined)
  const list = isDictionary(weights) && several ? perOutput(weights, outputs, 'loss_weights') : [weights]
  const factors = list.flatMap(leaves).map((weight) => {
    if (typeof weight !== 'number') throw modelInvalid('compile_config: expected numbers as loss_weights')
    return weight
  })
  const [one] = factors
  if (!several && factors.length === 1) return outputs.map(() => one)
  if (factors.length !== outputs.length) {
    throw modelInvalid(`compile_config: expected ${outputs.length} loss_weights, got ${factors.length}`)
  }
  return factors
}

function perOutput(value: JsonValue, outputs: readonly NamedOutput[], what: string): readonly JsonValue[] {
  const names = outputs.map(({ name }) => name)
  if (isDictionary(value)) {
    const unknown = Object.keys(value).find((name) => !names.includes(name))
    if (unknown !== undefined) {
      throw modelInvalid(`compile_config: ${what} names output ${unknown}, the model has ${names.join(', ')}`)
    }
    return names.map((name) => value[name] ?? null)
  }
  const list: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  if (outputs.length === 1) return [value]
  if (list.length !== outputs.length) {
    throw modelInvalid(`compile_config: expected ${what} for ${outputs.length} outputs, got ${list.length}`)
  }
  return list
}

/** Entries of nested lists and of objects that are no serialized object, names sorted as Keras's tree does. */
function leaves(value: JsonValue): readonly JsonValue[] {
  if (value === null) return []
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(leaves)
  if (!isDictionary(value)) return [value]
  return Object.keys(value)
    .sort()
    .flatMap((name) => leaves(value[name] ?? null))
}

function isDictionary(value: JsonValue): value is Readonly<Record<string, JsonValue>> {
  return isJsonObject(value) && !('class_name' in value)
}
