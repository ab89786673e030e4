/** How each optimizer changes one weight: Keras's own arithmetic, in its order and in float32. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Variable } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import type { Gradient } from './gradient.ts'

/** One step, for every weight. */
export interface StepFacts {
  readonly learningRate: number
  /** From 1. */
  readonly number: number
}

/** An optimizer's rule for one weight. */
export interface UpdateRule {
  /**
   * What each of the weight's slots (momentum, velocity …) begins as, in the groups that Keras makes them in: an archive
   * has one group after the other, and within a group weight by weight.
   */
  readonly slots: readonly (readonly number[])[]
  update(weight: Variable, gradient: Gradient, slots: readonly Variable[], step: StepFacts): void
}

/** `keras.optimizers.SGD`. */
export function sgd(config: ConfigReader): UpdateRule {
  const momentum = config.number('momentum', 0)
  const nesterov = config.boolean('nesterov', false)
  return {
    slots: momentum === 0 ? [] : [[0]],
    update(weight, gradient, [velocity], { learningRate }) {
      const step = tf.mul(gradient.sum(), learningRate)
      if (velocity === undefined) return weight.assign(tf.sub(weight, step))
      velocity.assign(tf.sub(tf.mul(velocity, momentum), step))
      weight.assign(tf.add(weight, nesterov ? tf.sub(tf.mul(velocity, momentum), step) : velocity))
    },
  }
}

/** `keras.optimizers.Adam`, and AdamW, which differs in its weight decay alone. Epsilon stands beside √v, not √v̂. */
export function adam(config: ConfigReader): UpdateRule {
  const beta1 = config.number('beta_1', 0.9)
  const beta2 = config.number('beta_2', 0.999)
  const epsilon = config.number('epsilon', 1e-7)
  const amsgrad = config.boolean('amsgrad', false)
  return {
    slots: amsgrad ? [[0, 0], [0]] : [[0, 0]],
    update(weight, gradient, slots, step) {
      const [momentum, velocity, largest] = slots
      if (momentum === undefined || velocity === undefined) throw new TypeError('adam: its slots are missing')
      momentum.assign(tf.add(momentum, tf.mul(tf.sub(gradient.sum(), momentum), 1 - beta1)))
      velocity.assign(tf.add(velocity, tf.mul(tf.sub(gradient.squared(), velocity), 1 - beta2)))
      largest?.assign(tf.maximum(largest, velocity))
      const alpha = adamRate(step, beta1, beta2)
      const change = tf.div(tf.mul(momentum, alpha), tf.add(tf.sqrt(largest ?? velocity), epsilon))
      weight.assign(tf.sub(weight, change))
    },
  }
}

/** `lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ)`, each operation in float32: for small t, 1 − β₂ᵗ shows the rounding of β₂. */
function adamRate({ learningRate, number }: StepFacts, beta1: number, beta2: number): number {
  const float = Math.fround
  const power1 = float(float(beta1) ** number)
  const power2 = float(float(beta2) ** number)
  return float(float(float(learningRate) * float(Math.sqrt(float(1 - power2)))) / float(1 - power1))
}

/** `keras.optimizers.RMSprop`. Epsilon stands under the root. */
export function rmsprop(config: ConfigReader): UpdateRule {
  const rho = config.number('rho', 0.9)
  const momentum = config.number('momentum', 0)
  const epsilon = config.number('epsilon', 1e-7)
  const centered = config.boolean('centered', false)
  return {
    slots: [[0], ...(momentum > 0 ? [[0]] : []), ...(centered ? [[0]] : [])],
    update(weight, gradient, slots, { learningRate }) {
      const [velocity] = slots
      const speed = momentum > 0 ? slots[1] : undefined
      const average = centered ? slots.at(-1) : undefined
      if (velocity === undefined) throw new TypeError('rmsprop: its slots are missing')
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

/** `keras.optimizers.Adagrad`. */
export function adagrad(config: ConfigReader): UpdateRule {
  const epsilon = config.number('epsilon', 1e-7)
  return {
    slots: [[config.number('initial_accumulator_value', 0.1)]],
    update(weight, gradient, [accumulator], { learningRate }) {
      if (accumulator === undefined) throw new TypeError('adagrad: its slots are missing')
      accumulator.assign(tf.add(accumulator, gradient.squared()))
      const change = tf.div(tf.mul(learningRate, gradient.sum()), tf.sqrt(tf.add(accumulator, epsilon)))
      weight.assign(tf.sub(weight, change))
    },
  }
}
