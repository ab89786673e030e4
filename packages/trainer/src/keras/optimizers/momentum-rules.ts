/** SGD, RMSprop and Lion: Keras's own arithmetic, in its order and in float32. @module */

import * as tf from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { present, slotsLike, type UpdateRule } from './update-rule.ts'

/** `keras.optimizers.SGD`. */
export function sgd(config: ConfigReader): UpdateRule {
  const momentum = config.number('momentum', 0)
  const nesterov = config.boolean('nesterov', false)
  return {
    slots: (weights) => slotsLike(weights, momentum === 0 ? [] : [[0]]),
    update(weight, gradient, [velocity], { learningRate }) {
      const step = tf.mul(gradient.sum(), learningRate)
      if (velocity === undefined) return weight.assign(tf.sub(weight, step))
      velocity.assign(tf.sub(tf.mul(velocity, momentum), step))
      weight.assign(tf.add(weight, nesterov ? tf.sub(tf.mul(velocity, momentum), step) : velocity))
    },
  }
}

/** `keras.optimizers.RMSprop`. Epsilon stands under the root. */
export function rmsprop(config: ConfigReader): UpdateRule {
  const rho = config.number('rho', 0.9)
  const momentum = config.number('momentum', 0)
  const epsilon = config.number('epsilon', 1e-7)
  const centered = config.boolean('centered', false)
  return {
    slots: (weights) => slotsLike(weights, [[0], ...(momentum > 0 ? [[0]] : []), ...(centered ? [[0]] : [])]),
    update(weight, gradient, slots, { learningRate }) {
      const [velocity] = present(slots[0])
      const speed = momentum > 0 ? slots[1] : undefined
      const average = centered ? slots.at(-1) : undefined
      const direction = gradient.sum()
      velocity.assign(tf.add(tf.mul(rho, velocity), tf.mul(1 - rho, gradient.squared())))
      average?.assign(tf.add(tf.mul(rho, average), tf.mul(1 - rho, direction)))
      const spread = average === undefined ? velocity : tf.sub(velocity, tf.square(average))
      const change = tf.div(tf.mul(learningRate, direction), tf.sqrt(tf.add(spread, epsilon)))
      speed?.assign(tf.add(tf.mul(momentum, speed), change))
      weight.assign(tf.sub(weight, speed ?? change))
    },
  }
}

/** `keras.optimizers.Lion`. */
export function lion(config: ConfigReader): UpdateRule {
  const beta1 = config.number('beta_1', 0.9)
  const beta2 = config.number('beta_2', 0.99)
  return {
    slots: (weights) => slotsLike(weights, [[0]]),
    update(weight, gradient, slots, { learningRate }) {
      const [momentum] = present(slots[0])
      const direction = gradient.sum()
      const mixed = tf.add(tf.mul(momentum, beta1), tf.mul(direction, 1 - beta1))
      weight.assign(tf.sub(weight, tf.mul(learningRate, tf.sign(mixed))))
      momentum.assign(tf.add(tf.mul(momentum, beta2), tf.mul(direction, 1 - beta2)))
    },
  }
}
