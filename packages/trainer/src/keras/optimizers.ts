/** Keras's optimizers: what they have in common, and what their configs say. @module */

import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { JsonObject } from '@aibomgen/core'

import type { KerasObject } from './compile-config.ts'
import { ConfigReader } from './config-reader.ts'
import { modelUnsupported } from './model-errors.ts'
import { adagrad, adadelta, ftrl } from './optimizers/accumulator-rules.ts'
import { adafactor } from './optimizers/adafactor.ts'
import { adam, adamax, lamb, nadam, scheduleFreeAdamW } from './optimizers/adam-rules.ts'
import { readClipOptions } from './optimizers/clip-gradients.ts'
import { allSlots, createOptimizer, type SharedOptions } from './optimizers/create-optimizer.ts'
import type { Gradient } from './optimizers/gradient.ts'
import { lion, rmsprop, sgd } from './optimizers/momentum-rules.ts'
import { muon } from './optimizers/muon.ts'
import { readSchedule } from './optimizers/schedules.ts'
import type { SlotOwner, SlotSpec, UpdateRule } from './optimizers/update-rule.ts'

/** An optimizer as a model was compiled with it. */
export interface OptimizerConfig {
  /** Keras's class: `AdamW`. */
  readonly name: string
  /** Its arguments as the archive has them. */
  readonly config: JsonObject
  /** Whether the rate is a number, which an archive keeps beside the slots; a schedule's follows from the steps. */
  readonly keepsRate: boolean
  /** Its slots for these weights, in the order of an archive. */
  slots(weights: readonly SlotOwner[]): readonly SlotSpec[]
  /** An optimizer for these weights that goes on from `state`, or begins. Slots live on the backend that is loaded. */
  create(weights: readonly OptimizedWeight[], state: OptimizerState | undefined): Optimizer
}

/** A weight that an optimizer changes. */
export interface OptimizedWeight {
  /** Keras's path of it: `dense_1/kernel`. */
  readonly name: string
  readonly variable: Variable
  /** What the weight becomes after each step. */
  readonly constraint?: (weight: Tensor) => Tensor
}

/** What an optimizer has after some steps, as an archive keeps it. */
export interface OptimizerState {
  /** Steps taken. */
  readonly steps: number
  /** The rate it goes on with; absent where a schedule says it. */
  readonly learningRate?: number
  /** The numbers of each slot, in the order of `OptimizerConfig.slots`. */
  readonly slots: readonly Float32Array[]
}

/** Changes weights, step by step. */
export interface Optimizer {
  /** What losses are to be multiplied by before gradients are taken: `apply` divides by it. */
  readonly lossScale: number | undefined
  /** Of the next step. */
  readonly learningRate: number
  /** Undefined where a schedule says the rate. */
  readonly setLearningRate: ((rate: number) => void) | undefined
  /** To be called within `tf.tidy`. */
  apply(gradients: ReadonlyMap<Variable, Gradient>): void
  /** After the last step: weights become their averages, where such are kept. */
  finish(): void
  state(): Promise<OptimizerState>
  /** Frees the slots. */
  dispose(): void
}

type RuleFactory = (config: ConfigReader) => UpdateRule

const RULES: ReadonlyMap<string, RuleFactory> = new Map([
  ['SGD', sgd],
  ['RMSprop', rmsprop],
  ['Adam', adam],
  ['AdamW', adam],
  ['Adadelta', adadelta],
  ['Adagrad', adagrad],
  ['Adamax', adamax],
  ['Nadam', nadam],
  ['Ftrl', ftrl],
  ['Lion', lion],
  ['Adafactor', adafactor],
  ['Lamb', lamb],
  ['Muon', muon],
  ['ScheduleFreeAdamW', scheduleFreeAdamW],
])

/** Keras's others, each with the reason. */
export const REFUSED_OPTIMIZERS: ReadonlyMap<string, string> = new Map([
  ['LossScaleOptimizer', 'arithmetic is float32 here: compile with the optimizer inside'],
  ['MultiOptimizer', 'one optimizer per model is taken'],
])

/** Keras's default learning rates, but for 0.001; all others say theirs in the config. */
const DEFAULT_RATES: Readonly<Record<string, number>> = { SGD: 0.01, ScheduleFreeAdamW: 0.0025 }
const DEFAULT_DECAYS: Readonly<Record<string, number>> = { AdamW: 0.004 }

/** Classes that a config may name as an optimizer. */
export const OPTIMIZER_CLASSES: readonly string[] = [...RULES.keys()]

/**
 * The optimizer that a compile config names.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED` for another optimizer, another schedule, or an option that nobody knows
 */
export function readOptimizer({ name, config }: KerasObject): OptimizerConfig {
  const known = [...OPTIMIZER_CLASSES, ...REFUSED_OPTIMIZERS.keys()]
  const className = known.find((entry) => entry === name || entry.toLowerCase() === name.toLowerCase()) ?? name
  const create = RULES.get(className)
  if (create === undefined)
    throw modelUnsupported('optimizer', name, 'compile_config', REFUSED_OPTIMIZERS.get(className))
  const reader = new ConfigReader(config, `optimizer ${className}`)
  reader.ignore('name')
  const options = readSharedOptions(reader, className)
  const rule = create(reader)
  reader.finish()
  return {
    name: className,
    config,
    keepsRate: typeof options.learningRate === 'number',
    slots: (weights) => allSlots(weights, rule, options),
    create: (weights, state) => createOptimizer(weights, { rule, options, ...(state === undefined ? {} : { state }) }),
  }
}

function readSharedOptions(reader: ConfigReader, className: string): SharedOptions {
  const rate = reader.value('learning_rate') ?? DEFAULT_RATES[className] ?? 0.001
  const averages = reader.boolean('use_ema', false)
  const averageMomentum = reader.number('ema_momentum', 0.99)
  const overwriteFrequency = optional(reader, 'ema_overwrite_frequency')
  return {
    learningRate: typeof rate === 'number' ? rate : readSchedule(rate, reader.where),
    weightDecay: optional(reader, 'weight_decay') ?? DEFAULT_DECAYS[className],
    ...readClipOptions(reader),
    accumulationSteps: optional(reader, 'gradient_accumulation_steps'),
    averageMomentum: averages ? averageMomentum : undefined,
    overwriteFrequency,
    lossScale: optional(reader, 'loss_scale_factor'),
  }
}

function optional(reader: ConfigReader, name: string): number | undefined {
  return reader.value(name) === undefined ? undefined : reader.number(name)
}
