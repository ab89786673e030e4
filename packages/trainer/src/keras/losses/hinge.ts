/** Losses of margins: hinge, squared hinge, categorical hinge. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { LossClass, PositionLoss } from './loss-class.ts'

const categoricalHinge: PositionLoss = (target, { output }) => {
  const right = tf.sum(tf.mul(target, output), -1)
  const wrong = tf.max(tf.mul(tf.sub(1, target), output), -1)
  return tf.maximum(tf.add(tf.sub(wrong, right), 1), 0)
}

/** All of them, by Keras's class. */
export const HINGE_LOSSES: ReadonlyMap<string, LossClass> = new Map<string, LossClass>([
  [
    'Hinge',
    {
      labels: 'binary',
      create:
        () =>
        (target, { output }) =>
          tf.mean(shortfall(target, output), -1),
    },
  ],
  [
    'SquaredHinge',
    {
      labels: 'binary',
      create:
        () =>
        (target, { output }) =>
          tf.mean(tf.square(shortfall(target, output)), -1),
    },
  ],
  ['CategoricalHinge', { labels: 'categorical', create: () => categoricalHinge }],
])

/** How far each score falls short of 1 on its side. A batch of nothing but 0 and 1 is taken for −1 and 1. */
function shortfall(target: Tensor, output: Tensor): Tensor {
  const binary = tf.cast(tf.all(tf.logicalOr(tf.equal(target, 0), tf.equal(target, 1))), 'float32')
  const sides = tf.sub(tf.mul(target, tf.add(binary, 1)), binary)
  return tf.maximum(tf.sub(1, tf.mul(sides, output)), 0)
}
