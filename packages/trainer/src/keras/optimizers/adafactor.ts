/** Adafactor: a matrix's second moments by its rows and columns. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { present, type SlotOwner, type SlotSpec, type UpdateRule } from './update-rule.ts'

/** `keras.optimizers.Adafactor`. The rate never passes 1/√t there, whatever `relative_step` says. */
export function adafactor(config: ConfigReader): UpdateRule {
  const decay = config.number('beta_2_decay', -0.8)
  const epsilon1 = config.number('epsilon_1', 1e-30)
  const epsilon2 = config.number('epsilon_2', 1e-3)
  const threshold = config.number('clip_threshold', 1)
  config.ignore('relative_step')
  return {
    slots: (weights) => weights.flatMap(slotsOf),
    update(weight, gradient, slots, { learningRate, number }) {
      const [rows, columns, velocity] = present(slots[0], slots[1], slots[2])
      const rate = Math.min(learningRate, Math.fround(1 / Math.fround(Math.sqrt(number))))
      const step = tf.mul(tf.maximum(epsilon2, rootMeanSquare(tf.square(weight))), rate)
      const squared = gradient.squared()
      const kept = Math.fround(1 - Math.fround(number ** decay))
      const move = (average: Tensor, value: Tensor): Tensor =>
        tf.add(tf.mul(kept, average), tf.mul(Math.fround(1 - kept), value))

      const regulated = tf.add(squared, epsilon1)
      if (weight.rank >= 2) {
        rows.assign(move(rows, tf.mean(regulated, -1)))
        columns.assign(move(columns, tf.mean(regulated, -2)))
        const shares = tf.div(rows, tf.mean(rows, -1, true))
        velocity.assign(tf.mul(tf.expandDims(shares, -1), tf.expandDims(columns, -2)))
      } else {
        velocity.assign(move(velocity, regulated))
      }
      const size = rootMeanSquare(tf.div(squared, velocity))
      const change = tf.div(tf.div(gradient.sum(), tf.sqrt(velocity)), tf.maximum(1, tf.div(size, threshold)))
      weight.assign(tf.sub(weight, tf.mul(step, change)))
    },
  }
}

/** Rows and columns of a matrix (in a vector's place, two integers that Keras never uses), and the whole. */
function slotsOf({ shape }: SlotOwner, weight: number): readonly SlotSpec[] {
  const slot = (of: readonly number[], dtype: SlotSpec['dtype'] = 'float32'): SlotSpec => ({
    weight,
    shape: of,
    initial: 0,
    dtype,
  })
  if (shape.length < 2) return [slot([], 'int32'), slot([], 'int32'), slot(shape)]
  return [slot(shape.slice(0, -1)), slot([...shape.slice(0, -2), ...shape.slice(-1)]), slot(shape)]
}

function rootMeanSquare(squares: Tensor): Tensor {
  return tf.sqrt(tf.mean(squares))
}
