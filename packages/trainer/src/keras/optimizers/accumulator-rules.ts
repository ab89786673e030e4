/** Adagrad, Adadelta and Ftrl: Keras's own arithmetic, in its order and in float32. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { present, slotsLike, type UpdateRule } from './update-rule.ts'

/** `keras.optimizers.Adagrad`. */
export function adagrad(config: ConfigReader): UpdateRule {
  const epsilon = config.number('epsilon', 1e-7)
  const initial = config.number('initial_accumulator_value', 0.1)
  return {
    slots: (weights) => slotsLike(weights, [[initial]]),
    update(weight, gradient, slots, { learningRate }) {
      const [accumulator] = present(slots[0])
      accumulator.assign(tf.add(accumulator, gradient.squared()))
      const change = tf.div(tf.mul(learningRate, gradient.sum()), tf.sqrt(tf.add(accumulator, epsilon)))
      weight.assign(tf.sub(weight, change))
    },
  }
}

/** `keras.optimizers.Adadelta`. Of a lookup the change too is squared occurrence by occurrence. */
export function adadelta(config: ConfigReader): UpdateRule {
  const rho = config.number('rho', 0.95)
  const epsilon = config.number('epsilon', 1e-7)
  const size = (accumulated: Tensor): Tensor => tf.sqrt(tf.add(accumulated, epsilon))
  return {
    slots: (weights) => slotsLike(weights, [[0, 0]]),
    update(weight, gradient, slots, { learningRate }) {
      const [gradients, changes] = present(slots[0], slots[1])
      gradients.assign(tf.add(tf.mul(rho, gradients), tf.mul(1 - rho, gradient.squared())))
      const [before, spread] = [size(changes), size(gradients)]
      const change = tf.neg(tf.div(tf.mul(before, gradient.sum()), spread))
      const squared = tf.mul(tf.square(tf.div(before, spread)), gradient.squared())
      changes.assign(tf.add(tf.mul(rho, changes), tf.mul(1 - rho, squared)))
      weight.assign(tf.add(weight, tf.mul(learningRate, change)))
    },
  }
}

/** `keras.optimizers.Ftrl`. */
export function ftrl(config: ConfigReader): UpdateRule {
  const power = -config.number('learning_rate_power', -0.5)
  const initial = config.number('initial_accumulator_value', 0.1)
  const l1 = config.number('l1_regularization_strength', 0)
  const l2 = config.number('l2_regularization_strength', 0)
  const shrinkage = config.number('l2_shrinkage_regularization_strength', 0)
  const beta = config.number('beta', 0)
  const raised = (values: Tensor): Tensor => (power === 0.5 ? tf.sqrt(values) : tf.pow(values, power))
  return {
    slots: (weights) => slotsLike(weights, [[initial, 0]]),
    update(weight, gradient, slots, { learningRate }) {
      const [accumulator, linear] = present(slots[0], slots[1])
      const direction = tf.add(gradient.sum(), tf.mul(2 * shrinkage, weight))
      const grown = tf.add(accumulator, gradient.squared())
      const growth = tf.div(tf.sub(raised(grown), raised(accumulator)), learningRate)
      linear.assign(tf.add(linear, tf.sub(direction, tf.mul(growth, weight))))
      const quadratic = tf.add(tf.div(raised(grown), learningRate), 2 * (l2 + beta / (2 * learningRate)))
      weight.assign(tf.div(tf.sub(tf.clipByValue(linear, -l1, l1), linear), quadratic))
      accumulator.assign(grown)
    },
  }
}
