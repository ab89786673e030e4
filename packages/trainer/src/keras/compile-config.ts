/** `compile_config` of an archive: optimizer, loss and metrics, in every form Keras writes them. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'
import { TrainingError } from '@aibomgen/core'

import { ConfigReader, isJsonObject, textOf } from './config-reader.ts'
import { readLoss, type Loss } from './losses.ts'
import { readMetric, type MetricChoice } from './metrics.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'
import { readOptimizer, type OptimizerConfig } from './optimizers.ts'

/** How a model was compiled. */
export interface CompileConfig {
  readonly optimizer: OptimizerConfig
  readonly loss: Loss
  /** In the order given to `compile`. */
  readonly metrics: readonly MetricChoice[]
}

/** What the loss makes of labels: numbers as they are, 0 and 1, class numbers, or one-hot rows. */
export type LabelKind = 'regression' | 'binary' | 'sparse' | 'categorical'

/** What a named or serialized Keras object comes to: its class or function name, and its arguments where it has any. */
export interface KerasObject {
  readonly name: string
  readonly config: JsonObject
  /** Whether only a name was given, which Keras then prints as it was typed. */
  readonly named: boolean
}

/**
 * Reads the compile configuration of a parsed `config.json`.
 *
 * @throws TrainingError `MODEL_NOT_COMPILED`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`
 */
export function readCompileConfig(document: JsonObject): CompileConfig {
  const given = document.compile_config
  if (!isJsonObject(given) || Object.keys(given).length === 0) {
    throw new TrainingError('MODEL_NOT_COMPILED', 'model: expected a compiled model (call compile before save)', {})
  }
  const reader = new ConfigReader(given, 'compile_config')
  const optimizer = reader.value('optimizer')
  const loss = single(reader.value('loss'))
  if (optimizer === undefined || loss === undefined) {
    throw new TrainingError('MODEL_NOT_COMPILED', 'model: compiled without an optimizer or without a loss', {})
  }
  const metrics = flatten(reader.value('metrics') ?? [])
  reader.ignore('run_eagerly', 'steps_per_execution', 'jit_compile', 'auto_scale_loss')
  if (flatten(reader.value('weighted_metrics') ?? []).length > 0) {
    throw modelUnsupported('option', 'weighted_metrics', reader.where)
  }
  reader.finish()
  return {
    optimizer: readOptimizer(readObject(optimizer, 'optimizer')),
    loss: readLoss(readObject(loss, 'loss')),
    metrics: metrics.map((metric) => readMetric(readObject(metric, 'metric'))),
  }
}

/** What labels have to be for the model's loss. */
export function labelKindOf(compile: CompileConfig): LabelKind {
  return compile.loss.labels
}

function readObject(value: JsonValue, kind: string): KerasObject {
  if (typeof value === 'string') return { name: value, config: {}, named: true }
  if (!isJsonObject(value) || typeof value.class_name !== 'string') {
    throw modelInvalid(`compile_config: expected a name or a serialized object as ${kind}`)
  }
  if (value.class_name === 'function') return { name: textOf(value.config), config: {}, named: false }
  if (!isJsonObject(value.config)) throw modelInvalid(`compile_config: ${kind} ${value.class_name} has no config`)
  return { name: value.class_name, config: value.config, named: false }
}

/** A loss given for the one output, be it bare, in a list of one or under the output's name. */
function single(value: Exclude<JsonValue, null> | undefined): JsonValue | undefined {
  if (value === undefined) return undefined
  const losses = flatten(value)
  if (losses.length > 1) throw modelUnsupported('option', `${losses.length} losses`, 'compile_config')
  return losses[0]
}

/** Entries of nested lists and of objects that are no serialized object, names sorted as Keras's tree does. */
function flatten(value: JsonValue): readonly JsonValue[] {
  if (value === null) return []
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(flatten)
  if (!isJsonObject(value) || 'class_name' in value) return [value]
  return Object.keys(value)
    .sort()
    .flatMap((name) => flatten(value[name] ?? null))
}
