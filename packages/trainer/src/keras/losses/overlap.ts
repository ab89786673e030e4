/** Losses of overlap, for masks of images: Dice and Tversky. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { EPSILON, type LossClass, type PositionLoss } from './loss-class.ts'

/** All of them, by Keras's class. */
export const OVERLAP_LOSSES: ReadonlyMap<string, LossClass> = new Map<string, LossClass>([
  ['Dice', { labels: 'regression', create: dice }],
  ['Tversky', { labels: 'regression', create: tversky }],
])

function dice(config: ConfigReader): PositionLoss {
  const total = sumOver(config)
  return (target, { output }) => {
    const both = tf.add(tf.add(total(target), total(output)), EPSILON)
    return tf.sub(1, tf.div(tf.mul(2, total(tf.mul(target, output))), both))
  }
}

function tversky(config: ConfigReader): PositionLoss {
  const alpha = config.number('alpha', 0.5)
  const beta = config.number('beta', 0.5)
  const total = sumOver(config)
  return (target, { output }) => {
    const shared = total(tf.mul(target, output))
    const missed = total(tf.mul(tf.sub(1, output), target))
    const invented = total(tf.mul(output, tf.sub(1, target)))
    const all = tf.add(tf.add(tf.add(shared, tf.mul(missed, alpha)), tf.mul(invented, beta)), EPSILON)
    return tf.sub(1, tf.div(shared, all))
  }
}

/** A sum over the axes that the config names, the row axis counted; over everything where it names none. */
function sumOver(config: ConfigReader): (values: Tensor) => Tensor {
  const axes = config.integers('axis')
  return (values) => tf.sum(values, axes === undefined ? undefined : [...axes])
}
