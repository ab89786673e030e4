/** Keras's losses, with the arithmetic of its TensorFlow backend. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

import type { KerasObject, LabelKind } from './compile-config.ts'
import { ConfigReader } from './config-reader.ts'
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
  /** One number: the mean over the batch (or the sum, where the config says so). Differentiable by `prediction`. */
  compute(target: Tensor, prediction: Prediction): Scalar
}

type Elementwise = (target: Tensor, prediction: Prediction) => Tensor

interface LossClass {
  readonly labels: LabelKind
  create(config: ConfigReader): Elementwise
}

/** What Keras keeps probabilities away from 0 and 1 by. */
const EPSILON = 1e-7

/**
 * The loss that a compile config names.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED`, naming the loss or its option
 */
export function readLoss({ name, config }: KerasObject): Loss {
  const className = LOSS_ALIASES.get(name) ?? name
  const lossClass = CLASSES.get(className)
  if (lossClass === undefined) throw modelUnsupported('loss', name, 'compile_config')
  const reader = new ConfigReader(config, `loss ${className}`)
  reader.ignore('name')
  const dtype = reader.value('dtype') ?? 'float32'
  if (dtype !== 'float32') throw modelUnsupported('option', 'dtype', reader.where)
  const reduction = reader.oneOf('reduction', ['sum_over_batch_size', 'mean', 'mean_with_sample_weight', 'sum'])
  const each = lossClass.create(reader)
  reader.finish()
  return {
    name: toSnakeCase(className),
    labels: lossClass.labels,
    compute(target, prediction) {
      const values = each(target, prediction)
      return reduction === 'sum' ? tf.sum<Scalar>(values) : tf.mean<Scalar>(values)
    },
  }
}

/** A loss by the mean over the last axis: the reduction's mean over everything is the same number. */
const CLASSES: ReadonlyMap<string, LossClass> = new Map<string, LossClass>([
  [
    'MeanSquaredError',
    {
      labels: 'regression',
      create:
        () =>
        (target, { output }) =>
          tf.square(tf.sub(target, output)),
    },
  ],
  [
    'MeanAbsoluteError',
    {
      labels: 'regression',
      create:
        () =>
        (target, { output }) =>
          tf.abs(tf.sub(target, output)),
    },
  ],
  ['Huber', { labels: 'regression', create: huber }],
  ['BinaryCrossentropy', { labels: 'binary', create: binaryCrossentropy }],
  ['CategoricalCrossentropy', { labels: 'categorical', create: categoricalCrossentropy }],
  ['SparseCategoricalCrossentropy', { labels: 'sparse', create: sparseCategoricalCrossentropy }],
])

/** Classes that a config may name as a loss. */
export const LOSS_CLASSES: readonly string[] = [...CLASSES.keys()]

/** Names that `compile` takes for them (`keras.src.losses.ALL_OBJECTS_DICT`). */
const LOSS_ALIASES: ReadonlyMap<string, string> = new Map([
  ...LOSS_CLASSES.map((name) => [toSnakeCase(name), name] as const),
  ...['mse', 'MSE'].map((name) => [name, 'MeanSquaredError'] as const),
  ...['mae', 'MAE'].map((name) => [name, 'MeanAbsoluteError'] as const),
  ...['bce', 'BCE'].map((name) => [name, 'BinaryCrossentropy'] as const),
])

function huber(config: ConfigReader): Elementwise {
  const delta = config.number('delta', 1)
  return (target, { output }) => {
    const error = tf.sub(output, target)
    const distance = tf.abs(error)
    const far = tf.sub(tf.mul(delta, distance), 0.5 * delta * delta)
    return tf.where(tf.lessEqual(distance, delta), tf.mul(0.5, tf.square(error)), far)
  }
}

function binaryCrossentropy(config: ConfigReader): Elementwise {
  const fromLogits = config.boolean('from_logits', false)
  const smoothing = config.number('label_smoothing', 0)
  assertLastAxis(config)
  return (labels, { output, logits }) => {
    const target = smoothing === 0 ? labels : tf.add(tf.mul(labels, 1 - smoothing), 0.5 * smoothing)
    const scores = logits ?? (fromLogits ? output : undefined)
    if (scores !== undefined) {
      // max(x, 0) − x·z + log(1 + e^−|x|), as tf.nn.sigmoid_cross_entropy_with_logits has it. A score of 0 (all hidden
      // units dead, no bias yet) counts as above: of relu and abs the gradient would be −z there, not ½ − z.
      const above = tf.greaterEqual(scores, 0)
      const tail = tf.log1p(tf.exp(tf.where(above, tf.neg(scores), scores)))
      return tf.add(tf.sub(tf.where(above, scores, tf.zerosLike(scores)), tf.mul(scores, target)), tail)
    }
    const probability = tf.clipByValue(output, EPSILON, 1 - EPSILON)
    const hit = tf.mul(target, tf.log(probability))
    return tf.neg(tf.add(hit, tf.mul(tf.sub(1, target), tf.log(tf.sub(1, probability)))))
  }
}

function categoricalCrossentropy(config: ConfigReader): Elementwise {
  const fromLogits = config.boolean('from_logits', false)
  const smoothing = config.number('label_smoothing', 0)
  assertLastAxis(config)
  return (labels, { output, logits }) => {
    const classes = output.shape.at(-1) ?? 1
    const target = smoothing === 0 ? labels : tf.add(tf.mul(labels, 1 - smoothing), smoothing / classes)
    const scores = logits ?? (fromLogits ? output : undefined)
    if (scores !== undefined) return crossentropy(target, tf.logSoftmax(scores))
    const share = tf.div(output, tf.sum(output, -1, true))
    return crossentropy(target, tf.log(tf.clipByValue(share, EPSILON, 1 - EPSILON)))
  }
}

function sparseCategoricalCrossentropy(config: ConfigReader): Elementwise {
  const fromLogits = config.boolean('from_logits', false)
  assertLastAxis(config)
  return (labels, { output, logits }) => {
    const classes = output.shape.at(-1) ?? 1
    const flat = tf.reshape(tf.cast(labels, 'int32'), output.shape.slice(0, -1))
    const target = tf.cast(tf.oneHot(flat, classes), 'float32')
    // Keras takes the softmax of clipped logarithms too: the clipped shares need not add up to 1
    const scores = logits ?? (fromLogits ? output : tf.log(tf.clipByValue(output, EPSILON, 1 - EPSILON)))
    return crossentropy(target, tf.logSoftmax(scores))
  }
}

function crossentropy(target: Tensor, logProbabilities: Tensor): Tensor {
  return tf.neg(tf.sum(tf.mul(target, logProbabilities), -1))
}

function assertLastAxis(config: ConfigReader): void {
  const axis = config.integer('axis', -1)
  if (axis !== -1) throw modelUnsupported('option', `axis=${axis}`, config.where)
}
