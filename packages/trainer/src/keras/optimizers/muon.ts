/** Muon: matrices move along orthogonal directions, everything else as in Adam. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { adamStep } from './adam-rules.ts'
import { present, type SlotOwner, type UpdateRule } from './update-rule.ts'

/** What `exclude_layers` may hold: names, not patterns, so that no pattern of a stranger's is run. */
const PLAIN_NAME = /^[\w/ -]+$/

/** `keras.optimizers.Muon`. A weight without a second slot is one of the matrices. */
export function muon(config: ConfigReader): UpdateRule {
  const betas = {
    beta1: config.number('adam_beta_1', 0.9),
    beta2: config.number('adam_beta_2', 0.999),
    epsilon: config.number('epsilon', 1e-7),
  }
  const adamDecay = config.value('adam_weight_decay') === undefined ? undefined : config.number('adam_weight_decay')
  const decay = config.value('weight_decay') === undefined ? undefined : config.number('weight_decay')
  const adamShare = config.number('adam_lr_ratio', 1)
  const momentum = config.number('momentum', 0.95)
  const nesterov = config.boolean('nesterov', true)
  const scale = config.value('rms_rate') === undefined ? undefined : config.number('rms_rate')
  const orthogonal = readOrthogonalization(config)
  const isMatrix = readChoice(config)
  return {
    slots: (weights) =>
      weights.flatMap((owner, weight) =>
        Array.from({ length: isMatrix(owner) ? 1 : 2 }, () => ({
          weight,
          shape: owner.shape,
          initial: 0,
          dtype: 'float32' as const,
        })),
      ),
    weightDecayOf: (owner) => (isMatrix(owner) ? decay : adamDecay),
    update(weight, gradient, slots, step) {
      if (slots.length === 2) {
        const learningRate = Math.fround(step.learningRate * adamShare)
        return adamStep(weight, gradient, slots, { learningRate, number: step.number }, betas)
      }
      const [average] = present(slots[0])
      const direction = gradient.sum()
      average.assign(tf.add(average, tf.add(direction, tf.mul(average, momentum - 1))))
      const moved = orthogonal(nesterov ? tf.add(direction, tf.mul(momentum, average)) : average)
      const change = tf.mul(step.learningRate, moved)
      const longest = Math.sqrt(Math.max(...weight.shape))
      weight.assign(tf.sub(weight, scale === undefined ? change : tf.mul(tf.mul(change, longest), scale)))
    },
  }
}

function readChoice(config: ConfigReader): (weight: SlotOwner) => boolean {
  const excludeEmbeddings = config.boolean('exclude_embeddings', true)
  const excluded = config.value('exclude_layers') ?? []
  if (!Array.isArray(excluded)) throw modelInvalid(`${config.where}: expected a list as exclude_layers`)
  const names = excluded.map((name) => {
    if (typeof name !== 'string' || !PLAIN_NAME.test(name)) {
      throw modelUnsupported('option', 'a pattern in exclude_layers', config.where, 'names are taken')
    }
    return name
  })
  return ({ name, shape }) =>
    shape.length === 2 &&
    !(excludeEmbeddings && name.toLowerCase().includes('embedding')) &&
    !names.some((part) => name.includes(part))
}

/** Newton and Schulz's iteration towards the nearest orthogonal matrix. */
function readOrthogonalization(config: ConfigReader): (matrix: Tensor) => Tensor {
  const [a, b, c] = [config.number('muon_a', 3.4445), config.number('muon_b', -4.775), config.number('muon_c', 2.0315)]
  const steps = config.integer('ns_steps', 5)
  return (matrix) => {
    const [height = 1, width = 1] = matrix.shape
    const flat = height > width ? tf.transpose(matrix) : matrix
    let current = tf.div(flat, tf.add(tf.sqrt(tf.sum(tf.square(flat))), 1e-7))
    for (let step = 0; step < steps; step += 1) {
      const square = tf.matMul(current, tf.transpose(current))
      const mixed = tf.add(tf.mul(b, square), tf.matMul(tf.mul(c, square), square))
      current = tf.add(tf.mul(a, current), tf.matMul(mixed, current))
    }
    return height > width ? tf.transpose(current) : current
  }
}
