/** Keras's losses, with the arithmetic of its TensorFlow backend. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

import type { KerasObject, LabelKind } from './compile-config.ts'
import { ConfigReader } from './config-reader.ts'
import { CROSSENTROPY_LOSSES } from './losses/crossentropy.ts'
import { FOCAL_LOSSES } from './losses/focal.ts'
import { HINGE_LOSSES } from './losses/hinge.ts'
import type { LossClass } from './losses/loss-class.ts'
import { OVERLAP_LOSSES } from './losses/overlap.ts'
import { REGRESSION_LOSSES } from './losses/regression.ts'
import { modelUnsupported } from './model-errors.ts'
import { toSnakeCase } from './weight-paths.ts'

/** What a model gave as one output, and what went into its last softmax or sigmoid where that is the very last step. */
export interface Prediction {
  readonly output: Tensor
  readonly logits: Tensor | undefined
  /** Boolean, per row and step, where the output still has one. */
  readonly mask: Tensor | undefined
}

/** A loss of one batch. */
export interface Loss {
  /** Keras's name: `mean_squared_error`. */
  readonly name: string
  readonly labels: LabelKind
  /**
   * One number: the mean over the batch (or the sum, where the config says so). Differentiable by `prediction`.
   *
   * @param weights - what each row counts, float32 [rows]; all the same where there is none
   */
  compute(target: Tensor, prediction: Prediction, weights?: Tensor): Scalar
}

const REDUCTIONS = ['sum_over_batch_size', 'mean', 'mean_with_sample_weight', 'sum'] as const

const CLASSES: ReadonlyMap<string, LossClass> = new Map([
  ...REGRESSION_LOSSES,
  ...HINGE_LOSSES,
  ...CROSSENTROPY_LOSSES,
  ...FOCAL_LOSSES,
  ...OVERLAP_LOSSES,
])

/** Classes that a config may name as a loss. */
export const LOSS_CLASSES: readonly string[] = [...CLASSES.keys()]

/** Keras's others, each with the reason. */
export const REFUSED_LOSSES: ReadonlyMap<string, string> = new Map([
  ['CTC', 'sequences of open length are no data set here'],
  ['Circle', 'its labels are no outputs of the model'],
])

const SHORT_NAMES: Readonly<Record<string, string>> = {
  mse: 'MeanSquaredError',
  mae: 'MeanAbsoluteError',
  mape: 'MeanAbsolutePercentageError',
  msle: 'MeanSquaredLogarithmicError',
  bce: 'BinaryCrossentropy',
  kld: 'KLDivergence',
  logcosh: 'LogCosh',
  kl_divergence: 'KLDivergence',
  kullback_leibler_divergence: 'KLDivergence',
}

/** Names that `compile` takes for them (`keras.src.losses.ALL_OBJECTS_DICT`). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...[...LOSS_CLASSES, ...REFUSED_LOSSES.keys()].map((name) => [toSnakeCase(name), name] as const),
  ...Object.entries(SHORT_NAMES).flatMap(([short, name]) => [
    [short, name] as const,
    [short.toUpperCase(), name] as const,
  ]),
])

/**
 * The loss that a compile config names.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED`, naming the loss or its option
 */
export function readLoss({ name, config }: KerasObject): Loss {
  const className = ALIASES.get(name) ?? name
  const lossClass = CLASSES.get(className)
  if (lossClass === undefined) throw modelUnsupported('loss', name, 'compile_config', REFUSED_LOSSES.get(className))
  const reader = new ConfigReader(config, `loss ${className}`)
  reader.ignore('name')
  const dtype = reader.value('dtype') ?? 'float32'
  if (dtype !== 'float32') throw modelUnsupported('option', 'dtype', reader.where)
  const reduction = reader.oneOf('reduction', REDUCTIONS)
  const each = lossClass.create(reader)
  reader.finish()
  return {
    name: toSnakeCase(className),
    labels: lossClass.labels,
    compute(target, prediction, weights) {
      const given = each(target, prediction)
      const { values, mask } = 'values' in given ? given : { values: given, mask: undefined }
      return reduce(values, { reduction, weights, masks: [prediction.mask, mask] })
    },
  }
}

interface ReduceOptions {
  readonly reduction: (typeof REDUCTIONS)[number]
  readonly weights: Tensor | undefined
  readonly masks: readonly (Tensor | undefined)[]
}

/** `keras.src.losses.loss.reduce_weighted_values`: a mean over unmasked positions counts those alone. */
function reduce(values: Tensor, { reduction, weights, masks }: ReduceOptions): Scalar {
  const mask = both(masks, values)
  let counts = weights
  if (mask !== undefined) {
    const share = reduction === 'sum_over_batch_size' || reduction === 'mean' ? overUnmasked(mask) : mask
    counts = weights === undefined ? share : tf.mul(share, besides(weights, share))
  }
  if (counts === undefined) return reduction === 'sum' ? tf.sum<Scalar>(values) : tf.mean<Scalar>(values)
  const weighted = tf.mul(values, besides(counts, values))
  const total = tf.sum<Scalar>(weighted)
  if (reduction === 'sum') return total
  if (reduction === 'mean_with_sample_weight') return tf.divNoNan<Scalar>(total, tf.sum(counts))
  return tf.div<Scalar>(total, weighted.size)
}

/** The masks together, as 0 and 1. One that is longer than the values by an axis of one is cut to them. */
function both(masks: readonly (Tensor | undefined)[], values: Tensor): Tensor | undefined {
  const numbers = masks.flatMap((mask) => (mask === undefined ? [] : [tf.cast(besides(mask, values), 'float32')]))
  const [first, ...others] = numbers
  return first === undefined ? undefined : others.reduce((product, mask) => tf.mul(product, mask), first)
}

/** Each unmasked position as all positions over the unmasked ones; 0 where every position is masked. */
function overUnmasked(mask: Tensor): Tensor {
  return tf.mul(mask, tf.divNoNan(mask.size, tf.sum(mask)))
}

/** Weights per row (or per row and step) in a shape that stretches to the values'. */
function besides(weights: Tensor, values: Tensor): Tensor {
  if (weights.rank > values.rank && weights.size === values.size) return tf.reshape(weights, values.shape)
  if (weights.rank >= values.rank) return weights
  return tf.reshape(weights, [...weights.shape, ...Array.from({ length: values.rank - weights.rank }, () => 1)])
}
