/** Focal crossentropies: those that look away from what is easy. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { binaryCrossentropy, smoothBinary, smoothCategorical } from './crossentropy.ts'
import { assertLastAxis, EPSILON, type LossClass, type PositionLoss } from './loss-class.ts'

/** All of them, by Keras's class. */
export const FOCAL_LOSSES: ReadonlyMap<string, LossClass> = new Map<string, LossClass>([
  ['BinaryFocalCrossentropy', { labels: 'binary', create: binaryFocal }],
  ['CategoricalFocalCrossentropy', { labels: 'categorical', create: categoricalFocal }],
])

function binaryFocal(config: ConfigReader): PositionLoss {
  const balanced = config.boolean('apply_class_balancing', false)
  const { alpha, gamma, fromLogits, smoothing } = readOptions(config)
  const axis = config.integer('axis', -1)
  return (labels, { output, logits }) => {
    const target = smoothBinary(labels, smoothing)
    const probability = fromLogits ? tf.sigmoid(output) : output
    const entropy = binaryCrossentropy(target, { output: probability, logits: fromLogits ? output : logits })
    const rest = tf.sub(1, target)
    const right = tf.add(tf.mul(target, probability), tf.mul(rest, tf.sub(1, probability)))
    const focal = tf.mul(power(tf.sub(1, right), gamma), entropy)
    const weight = tf.add(tf.mul(target, alpha), tf.mul(rest, 1 - alpha))
    return tf.mean(balanced ? tf.mul(weight, focal) : focal, axis)
  }
}

function categoricalFocal(config: ConfigReader): PositionLoss {
  const { alpha, gamma, fromLogits, smoothing } = readOptions(config)
  assertLastAxis(config)
  return (labels, { output }) => {
    const target = smoothCategorical(labels, smoothing)
    const probability = fromLogits ? tf.softmax(output) : output
    const share = tf.clipByValue(tf.div(probability, tf.sum(probability, -1, true)), EPSILON, 1 - EPSILON)
    const weight = tf.mul(power(tf.sub(1, share), gamma), alpha)
    return tf.sum(tf.mul(weight, tf.neg(tf.mul(target, tf.log(share)))), -1)
  }
}

function readOptions(config: ConfigReader): { alpha: number; gamma: number; fromLogits: boolean; smoothing: number } {
  return {
    alpha: config.number('alpha', 0.25),
    gamma: config.number('gamma', 2),
    fromLogits: config.boolean('from_logits', false),
    smoothing: config.number('label_smoothing', 0),
  }
}

/** The square where it is one: of 0 ** 2 a general power has no slope in float32. */
function power(base: Tensor, exponent: number): Tensor {
  return exponent === 2 ? tf.square(base) : tf.pow(base, exponent)
}
