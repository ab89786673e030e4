/** Keras's optimizers: what they have in common, and what their configs say. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Variable } from '@tensorflow/tfjs-core'
import type { JsonObject } from '@aibomgen/core'

import type { KerasObject } from './compile-config.ts'
import { ConfigReader, isJsonObject, textOf } from './config-reader.ts'
import { modelUnsupported } from './model-errors.ts'
import { Gradient } from './optimizers/gradient.ts'
import { adagrad, adam, rmsprop, sgd, type UpdateRule } from './optimizers/update-rules.ts'

/** An optimizer as a model was compiled with it. */
export interface OptimizerConfig {
  /** Keras's class: `AdamW`. */
  readonly name: string
  /** Its arguments as the archive has them. */
  readonly config: JsonObject
  /** How many slots a weight has in each group of slots: see `UpdateRule`. */
  readonly slotGroups: readonly number[]
  /** An optimizer for these weights that goes on from `state`, or begins. Slots live on the backend that is loaded. */
  create(weights: readonly Variable[], state: OptimizerState | undefined): Optimizer
}

/** What an optimizer has after some steps, as an archive keeps it. */
export interface OptimizerState {
  /** Steps taken. */
  readonly steps: number
  /** Per trainable weight of the model, in order, the numbers of its slots. */
  readonly slots: readonly (readonly Float32Array[])[]
}

/** Changes weights, step by step. */
export interface Optimizer {
  /** To be called within `tf.tidy`. */
  apply(gradients: ReadonlyMap<Variable, Gradient>): void
  /** Frees the slots. */
  dispose(): void
}

type RuleFactory = (config: ConfigReader) => UpdateRule

const RULES: ReadonlyMap<string, RuleFactory> = new Map([
  ['SGD', sgd],
  ['Adam', adam],
  ['AdamW', adam],
  ['RMSprop', rmsprop],
  ['Adagrad', adagrad],
])

/** Keras's default learning rates; all others say theirs in the config. */
const DEFAULT_RATES: Readonly<Record<string, number>> = { SGD: 0.01 }
const ADAMW_DECAY = 0.004

/** Classes that a config may name as an optimizer. */
export const OPTIMIZER_CLASSES: readonly string[] = [...RULES.keys()]

/**
 * The optimizer that a compile config names.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED` for another optimizer, a learning rate schedule, or an option that is not
 *   honoured (`use_ema`, `loss_scale_factor`, `gradient_accumulation_steps`)
 */
export function readOptimizer({ name, config }: KerasObject): OptimizerConfig {
  const className = OPTIMIZER_CLASSES.find((known) => known === name || known.toLowerCase() === name.toLowerCase())
  const rule = className === undefined ? undefined : RULES.get(className)
  if (className === undefined || rule === undefined) throw modelUnsupported('optimizer', name, 'compile_config')
  const reader = new ConfigReader(config, `optimizer ${className}`)
  reader.ignore('name', 'ema_momentum')
  const rate = reader.value('learning_rate') ?? DEFAULT_RATES[className] ?? 0.001
  if (typeof rate !== 'number') {
    const schedule = isJsonObject(rate) ? textOf(rate.class_name) : 'a learning rate schedule'
    throw modelUnsupported('learning rate schedule', schedule, reader.where)
  }
  const shared: SharedOptions = {
    learningRate: rate,
    weightDecay: optional(reader, 'weight_decay') ?? (className === 'AdamW' ? ADAMW_DECAY : undefined),
    clipnorm: optional(reader, 'clipnorm'),
    globalClipnorm: optional(reader, 'global_clipnorm'),
    clipvalue: optional(reader, 'clipvalue'),
  }
  const updateRule = rule(reader)
  reader.finish()
  return {
    name: className,
    config,
    slotGroups: updateRule.slots.map((group) => group.length),
    create: (weights, state) => createOptimizer(updateRule, shared, slotsFor(weights, updateRule, state), state?.steps),
  }
}

interface SharedOptions {
  readonly learningRate: number
  readonly weightDecay: number | undefined
  readonly clipnorm: number | undefined
  readonly globalClipnorm: number | undefined
  readonly clipvalue: number | undefined
}

function optional(reader: ConfigReader, name: string): number | undefined {
  return reader.value(name) === undefined ? undefined : reader.number(name)
}

type Slots = ReadonlyMap<Variable, readonly Variable[]>

function slotsFor(weights: readonly Variable[], rule: UpdateRule, state: OptimizerState | undefined): Slots {
  const begin = (weight: Variable, index: number): Variable[] => {
    const saved = state?.slots[index]?.map((values) => tf.tensor(values, weight.shape))
    const values = saved ?? rule.slots.flat().map((value) => tf.fill(weight.shape, value))
    return values.map((value) => tf.variable(value, false))
  }
  return new Map(weights.map((weight, index) => [weight, tf.tidy(() => begin(weight, index))]))
}

function createOptimizer(rule: UpdateRule, options: SharedOptions, slots: Slots, steps = 0): Optimizer {
  let number = steps
  return {
    apply(gradients) {
      number += 1
      const step = { learningRate: options.learningRate, number }
      for (const [weight, gradient] of clip(gradients, options)) {
        tf.tidy(() => {
          decay(weight, options)
          rule.update(weight, gradient, slots.get(weight) ?? [], step)
        })
      }
    },
    dispose() {
      for (const made of slots.values()) tf.dispose([...made])
    },
  }
}

/** AdamW's and all others': the weight loses its share before the step, biases included. */
function decay(weight: Variable, { weightDecay, learningRate }: SharedOptions): void {
  if (weightDecay === undefined) return
  weight.assign(tf.sub(weight, tf.mul(tf.mul(weight, weightDecay), learningRate)))
}

/**
 * The first of `clipnorm`, `global_clipnorm` and `clipvalue` that is set, as Keras takes them. Of a looked-up table all
 * three look at single occurrences; `global_clipnorm` then adds them up, the others leave them apart.
 */
function clip(gradients: ReadonlyMap<Variable, Gradient>, options: SharedOptions): ReadonlyMap<Variable, Gradient> {
  const { clipnorm, globalClipnorm, clipvalue } = options
  const each = (change: (gradient: Gradient) => Gradient): ReadonlyMap<Variable, Gradient> =>
    new Map([...gradients].map(([weight, gradient]) => [weight, change(gradient)]))

  if (clipnorm !== undefined && clipnorm > 0) {
    return each((gradient) => {
      const norm = tf.sqrt(gradient.squaredNorm())
      return gradient.map((values) => tf.div(tf.mul(values, clipnorm), tf.maximum(norm, clipnorm)))
    })
  }
  if (globalClipnorm !== undefined && globalClipnorm > 0) {
    const norm = tf.sqrt(tf.addN([...gradients.values()].map((gradient) => gradient.squaredNorm())))
    const scale = tf.mul(globalClipnorm, tf.minimum(tf.div(1, norm), 1 / globalClipnorm))
    return each((gradient) => Gradient.dense(tf.mul(gradient.sum(), scale)))
  }
  if (clipvalue !== undefined && clipvalue > 0) {
    return each((gradient) => gradient.map((values) => tf.clipByValue(values, -clipvalue, clipvalue)))
  }
  return gradients
}
