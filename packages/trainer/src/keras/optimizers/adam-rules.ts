/** Adam and its kin: Keras's own arithmetic, in its order and in float32. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Variable } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import type { Gradient } from './gradient.ts'
import { float32Power, present, slotsLike, type StepFacts, type UpdateRule } from './update-rule.ts'

/** How fast the averages of Adam move. */
export interface Betas {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** `keras.optimizers.Adam`, and AdamW, which differs in its weight decay alone. */
export function adam(config: ConfigReader): UpdateRule {
  const betas = readBetas(config)
  const amsgrad = config.boolean('amsgrad', false)
  return {
    slots: (weights) => slotsLike(weights, amsgrad ? [[0, 0], [0]] : [[0, 0]]),
    update(weight, gradient, slots, step) {
      adamStep(weight, gradient, slots, step, betas)
    },
  }
}

/** One step of Adam. Epsilon stands beside √v, not √v̂. A third slot holds the largest v yet. */
export function adamStep(
  weight: Variable,
  gradient: Gradient,
  slots: readonly Variable[],
  step: Pick<StepFacts, 'learningRate' | 'number'>,
  betas: Betas,
): void {
  const [momentum, velocity] = present(slots[0], slots[1])
  const largest = slots[2]
  moveAverages(gradient, momentum, velocity, betas)
  largest?.assign(tf.maximum(largest, velocity))
  const change = tf.div(tf.mul(momentum, adamRate(step, betas)), tf.add(tf.sqrt(largest ?? velocity), betas.epsilon))
  weight.assign(tf.sub(weight, change))
}

/** `keras.optimizers.Adamax`. */
export function adamax(config: ConfigReader): UpdateRule {
  const { beta1, beta2, epsilon } = readBetas(config)
  return {
    slots: (weights) => slotsLike(weights, [[0, 0]]),
    update(weight, gradient, slots, { learningRate, number }) {
      const [momentum, norm] = present(slots[0], slots[1])
      momentum.assign(tf.add(momentum, tf.mul(tf.sub(gradient.sum(), momentum), 1 - beta1)))
      norm.assign(tf.maximum(tf.mul(beta2, norm), gradient.map((values) => tf.abs(values)).sum()))
      const rest = Math.fround(1 - float32Power(beta1, number))
      const change = tf.div(tf.mul(learningRate, momentum), tf.mul(rest, tf.add(norm, epsilon)))
      weight.assign(tf.sub(weight, change))
    },
  }
}

/** `keras.optimizers.Nadam`. Its product of momentums is one for all weights. */
export function nadam(config: ConfigReader): UpdateRule {
  const betas = readBetas(config)
  const { beta1, beta2, epsilon } = betas
  const float = Math.fround
  const momentumAt = (number: number): number =>
    float(float(beta1) * float(1 - float(0.5 * float32Power(0.96, number))))
  return {
    slots: (weights) => [
      ...slotsLike(weights, [[0, 0]]),
      { weight: undefined, shape: [], initial: 1, dtype: 'float32' },
    ],
    begin({ shared, number }) {
      const [product] = present(shared[0])
      product.assign(tf.mul(tf.mul(product, beta1), float(1 - float(0.5 * float32Power(0.96, number)))))
    },
    update(weight, gradient, slots, { learningRate, number, shared }) {
      const [momentum, velocity] = present(slots[0], slots[1])
      const [product] = present(shared[0])
      const [now, next] = [momentumAt(number), momentumAt(number + 1)]
      moveAverages(gradient, momentum, velocity, betas)
      const ahead = tf.add(
        tf.div(tf.mul(next, momentum), tf.sub(1, tf.mul(product, next))),
        tf.div(tf.mul(float(1 - now), gradient.sum()), tf.sub(1, product)),
      )
      const spread = tf.div(velocity, float(1 - float32Power(beta2, number)))
      weight.assign(tf.sub(weight, tf.div(tf.mul(ahead, learningRate), tf.add(tf.sqrt(spread), epsilon))))
    },
  }
}

/** `keras.optimizers.Lamb`. */
export function lamb(config: ConfigReader): UpdateRule {
  const betas = readBetas(config)
  return {
    slots: (weights) => slotsLike(weights, [[0, 0]]),
    update(weight, gradient, slots, { learningRate, number }) {
      const [momentum, velocity] = present(slots[0], slots[1])
      moveAverages(gradient, momentum, velocity, betas)
      const ahead = tf.div(momentum, Math.fround(1 - float32Power(betas.beta1, number)))
      const spread = tf.div(velocity, Math.fround(1 - float32Power(betas.beta2, number)))
      const change = tf.div(ahead, tf.add(tf.sqrt(spread), betas.epsilon))
      const [own, moved] = [tf.sqrt(tf.sum(tf.square(weight))), tf.sqrt(tf.sum(tf.square(change)))]
      const trusted = tf.logicalAnd(tf.greater(own, 0), tf.greater(moved, 0))
      const ratio = tf.where(trusted, tf.divNoNan(own, moved), tf.onesLike(own))
      weight.assign(tf.sub(weight, tf.mul(tf.mul(ratio, learningRate), change)))
    },
  }
}

/**
 * `keras.optimizers.ScheduleFreeAdamW`. Its first slot begins as the weight. Keras reads that slot for the average only
 * after it has moved it.
 */
export function scheduleFreeAdamW(config: ConfigReader): UpdateRule {
  const { beta1, beta2, epsilon } = readBetas(config, 1e-8)
  const warmup = config.integer('warmup_steps', 0)
  return {
    slots: (weights) =>
      weights.flatMap(({ shape }, weight) => [
        { weight, shape, initial: 'weight' as const, dtype: 'float32' as const },
        { weight, shape, initial: 0, dtype: 'float32' as const },
      ]),
    update(weight, gradient, slots, { learningRate, number }) {
      const [base, velocity] = present(slots[0], slots[1])
      const rate = warmup > 0 ? learningRate * Math.min(number / warmup, 1) : learningRate
      velocity.assign(tf.add(velocity, tf.mul(tf.sub(gradient.squared(), velocity), 1 - beta2)))
      const spread = tf.div(velocity, Math.fround(1 - float32Power(beta2, number)))
      base.assign(tf.sub(base, tf.div(tf.mul(rate, gradient.sum()), tf.add(tf.sqrt(spread), epsilon))))
      const before = tf.div(tf.sub(weight, tf.mul(1 - beta1, base)), beta1)
      const average = tf.add(tf.mul(1 - 1 / number, before), tf.mul(1 / number, base))
      weight.assign(tf.add(tf.mul(1 - beta1, base), tf.mul(beta1, average)))
    },
  }
}

function readBetas(config: ConfigReader, epsilon = 1e-7): Betas {
  return {
    beta1: config.number('beta_1', 0.9),
    beta2: config.number('beta_2', 0.999),
    epsilon: config.number('epsilon', epsilon),
  }
}

function moveAverages(gradient: Gradient, momentum: Variable, velocity: Variable, { beta1, beta2 }: Betas): void {
  momentum.assign(tf.add(momentum, tf.mul(tf.sub(gradient.sum(), momentum), 1 - beta1)))
  velocity.assign(tf.add(velocity, tf.mul(tf.sub(gradient.squared(), velocity), 1 - beta2)))
}

/** `lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ)`, each operation in float32: for small t, 1 − β₂ᵗ shows the rounding of β₂. */
function adamRate({ learningRate, number }: Pick<StepFacts, 'learningRate' | 'number'>, betas: Betas): number {
  const float = Math.fround
  const [power1, power2] = [float32Power(betas.beta1, number), float32Power(betas.beta2, number)]
  return float(float(float(learningRate) * float(Math.sqrt(float(1 - power2)))) / float(1 - power1))
}
