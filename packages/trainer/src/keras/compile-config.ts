/** `compile_config` of an archive: optimizer, loss and metrics, in every form Keras writes them. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'
import { TrainingError } from '@aibomgen/core'

import { spreadLosses, spreadMetrics, type NamedOutput } from './compile-outputs.ts'
import { ConfigReader, isJsonObject, textOf } from './config-reader.ts'
import { readLoss, type Loss } from './losses.ts'
import { readMetric, type MetricChoice } from './metrics.ts'
import { modelInvalid } from './model-errors.ts'
import { readOptimizer, type OptimizerConfig } from './optimizers.ts'

/** How a model was compiled. */
export interface CompileConfig {
  readonly optimizer: OptimizerConfig
  /** One per output of the model. */
  readonly losses: readonly OutputLoss[]
  /** In the order given to `compile`, output by output. */
  readonly metrics: readonly OutputMetric[]
}

/** The loss of one output. */
export interface OutputLoss {
  readonly loss: Loss
  /** What it is multiplied by before losses are added up; undefined for nothing. */
  readonly weight: number | undefined
}

/** A metric of one output; of a model of several, its name begins with the output's. */
export interface OutputMetric extends MetricChoice {
  /** Which output, from 0. */
  readonly output: number
  /** Whether rows count by their weights (`weighted_metrics`). */
  readonly weighted: boolean
  /** What Keras calls it where another metric has its name already. */
  readonly secondName: string
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
 * Reads the compile configuration of a parsed `config.json`, for a model of these outputs.
 *
 * @throws TrainingError `MODEL_NOT_COMPILED`, `MODEL_UNSUPPORTED`, `MODEL_INVALID`
 */
export function readCompileConfig(document: JsonObject, outputs: readonly NamedOutput[]): CompileConfig {
  const given = document.compile_config
  if (!isJsonObject(given) || Object.keys(given).length === 0) {
    throw new TrainingError('MODEL_NOT_COMPILED', 'model: expected a compiled model (call compile before save)', {})
  }
  const reader = new ConfigReader(given, 'compile_config')
  const optimizer = reader.value('optimizer')
  const losses = spreadLosses(reader.value('loss') ?? null, reader.value('loss_weights') ?? null, outputs)
  if (optimizer === undefined || losses === undefined) {
    throw new TrainingError('MODEL_NOT_COMPILED', 'model: compiled without an optimizer or without a loss', {})
  }
  const metrics = spreadMetrics(reader.value('metrics') ?? null, outputs)
  const weightedMetrics = spreadMetrics(reader.value('weighted_metrics') ?? null, outputs)
  reader.ignore('run_eagerly', 'steps_per_execution', 'jit_compile', 'auto_scale_loss')
  reader.finish()
  return {
    optimizer: readOptimizer(readObject(optimizer, 'optimizer')),
    losses: losses.map(({ loss, weight }) => ({ loss: readLoss(readObject(loss, 'loss')), weight })),
    metrics: [
      ...readMetrics(metrics, { outputs, weighted: false }),
      ...readMetrics(weightedMetrics, { outputs, weighted: true }),
    ],
  }
}

function readMetrics(
  lists: readonly (readonly JsonValue[])[],
  { outputs, weighted }: { readonly outputs: readonly NamedOutput[]; readonly weighted: boolean },
): readonly OutputMetric[] {
  return lists.flatMap((list, output) =>
    list.map((metric) => {
      const choice = readMetric(readObject(metric, 'metric'))
      const prefix = outputs.length > 1 ? `${outputs[output]?.name ?? ''}_` : ''
      const secondName = `${prefix}${weighted ? 'weighted_' : ''}${choice.name}`
      return { ...choice, output, weighted, secondName, name: `${prefix}${choice.name}` }
    }),
  )
}

/** What labels have to be for the loss of an output, of the first where none is named. */
export function labelKindOf(compile: CompileConfig, output = 0): LabelKind {
  const kind = compile.losses[output]?.loss.labels
  if (kind === undefined) throw new TypeError(`model: there is no output ${output}`)
  return kind
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
