/** Losses of probabilities: the crossentropies, and Kullback and Leibler's divergence. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { modelUnsupported } from '../model-errors.ts'
import type { Prediction } from '../losses.ts'
import { assertLastAxis, EPSILON, type LossClass, type PositionLoss } from './loss-class.ts'

/** All of them, by Keras's class. */
export const CROSSENTROPY_LOSSES: ReadonlyMap<string, LossClass> = new Map<string, LossClass>([
  ['BinaryCrossentropy', { labels: 'binary', create: binary }],
  ['CategoricalCrossentropy', { labels: 'categorical', create: categorical }],
  ['SparseCategoricalCrossentropy', { labels: 'sparse', create: sparse }],
  ['CategoricalGeneralizedCrossEntropy', { labels: 'sparse', create: generalized }],
  ['KLDivergence', { labels: 'categorical', create: () => divergence }],
])

/** Labels moved towards one half by a share (`label_smoothing`). */
export function smoothBinary(labels: Tensor, smoothing: number): Tensor {
  return smoothing === 0 ? labels : tf.add(tf.mul(labels, 1 - smoothing), 0.5 * smoothing)
}

/** Labels moved towards equal shares of all classes. */
export function smoothCategorical(labels: Tensor, smoothing: number): Tensor {
  return smoothing === 0 ? labels : tf.add(tf.mul(labels, 1 - smoothing), smoothing / (labels.shape.at(-1) ?? 1))
}

/** Binary crossentropy of each number: from scores where there are any, else from probabilities. */
export function binaryCrossentropy(target: Tensor, { output, logits }: Omit<Prediction, 'mask'>): Tensor {
  if (logits !== undefined) {
    // max(x, 0) − x·z + log(1 + e^−|x|), as tf.nn.sigmoid_cross_entropy_with_logits has it. A score of 0 (all hidden
    // units dead, no bias yet) counts as above: of relu and abs the gradient would be −z there, not ½ − z.
    const above = tf.greaterEqual(logits, 0)
    const tail = tf.log1p(tf.exp(tf.where(above, tf.neg(logits), logits)))
    return tf.add(tf.sub(tf.where(above, logits, tf.zerosLike(logits)), tf.mul(logits, target)), tail)
  }
  const probability = tf.clipByValue(output, EPSILON, 1 - EPSILON)
  const hit = tf.mul(target, tf.log(probability))
  return tf.neg(tf.add(hit, tf.mul(tf.sub(1, target), tf.log(tf.sub(1, probability)))))
}

function binary(config: ConfigReader): PositionLoss {
  const fromLogits = config.boolean('from_logits', false)
  const smoothing = config.number('label_smoothing', 0)
  const axis = config.integer('axis', -1)
  return (labels, { output, logits }) => {
    const scores = logits ?? (fromLogits ? output : undefined)
    return tf.mean(binaryCrossentropy(smoothBinary(labels, smoothing), { output, logits: scores }), axis)
  }
}

function categorical(config: ConfigReader): PositionLoss {
  const fromLogits = config.boolean('from_logits', false)
  const smoothing = config.number('label_smoothing', 0)
  assertLastAxis(config)
  return (labels, { output, logits }) => {
    const target = smoothCategorical(labels, smoothing)
    const scores = logits ?? (fromLogits ? output : undefined)
    if (scores !== undefined) return crossentropy(target, tf.logSoftmax(scores))
    const share = tf.div(output, tf.sum(output, -1, true))
    return crossentropy(target, tf.log(tf.clipByValue(share, EPSILON, 1 - EPSILON)))
  }
}

/** Keras saves no `axis` of it, and takes the last one alone. */
function sparse(config: ConfigReader): PositionLoss {
  const fromLogits = config.boolean('from_logits', false)
  const ignored = config.value('ignore_class') === undefined ? undefined : config.integer('ignore_class')
  assertLastAxis(config)
  return (labels, { output, logits }) => {
    // Keras takes the softmax of clipped logarithms too: the clipped shares need not add up to 1
    const clipped = (): Tensor => tf.log(tf.clipByValue(output, EPSILON, 1 - EPSILON))
    if (ignored === undefined) {
      const scores = logits ?? (fromLogits ? output : clipped())
      return crossentropy(oneHot(labels, output), tf.logSoftmax(scores))
    }
    // what is ignored is set to 0 first, and a changed output is no softmax's any more
    const mask = tf.reshape(tf.notEqual(labels, ignored), output.shape.slice(0, -1))
    const counts = tf.cast(mask, 'float32')
    const kept = tf.mul(output, tf.expandDims(counts, -1))
    const scores = fromLogits ? kept : tf.log(tf.clipByValue(kept, EPSILON, 1 - EPSILON))
    const target = oneHot(tf.mul(tf.reshape(labels, mask.shape), counts), output)
    return { values: tf.mul(crossentropy(target, tf.logSoftmax(scores)), counts), mask }
  }
}

function generalized(config: ConfigReader): PositionLoss {
  const q = config.number('q', 0.5)
  if (!(q > 0 && q < 1)) throw modelUnsupported('option', `q=${q}`, config.where, 'q lies between 0 and 1')
  return (labels, { output }) => {
    const probability = tf.sum(tf.mul(output, oneHot(labels, output)), -1)
    return tf.div(tf.sub(1, tf.pow(probability, q)), q)
  }
}

const divergence: PositionLoss = (labels, { output }) => {
  const [target, probability] = [tf.clipByValue(labels, EPSILON, 1), tf.clipByValue(output, EPSILON, 1)]
  return tf.sum(tf.mul(target, tf.log(tf.div(target, probability))), -1)
}

function oneHot(labels: Tensor, output: Tensor): Tensor {
  const flat = tf.reshape(tf.cast(labels, 'int32'), output.shape.slice(0, -1))
  return tf.cast(tf.oneHot(flat, output.shape.at(-1) ?? 1), 'float32')
}

function crossentropy(target: Tensor, logProbabilities: Tensor): Tensor {
  return tf.neg(tf.sum(tf.mul(target, logProbabilities), -1))
}
