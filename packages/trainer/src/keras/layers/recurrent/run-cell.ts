/** Runs a cell over the steps of a sequence. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Mask, Pass } from '../../layer.ts'
import type { Cell } from './cell.ts'

/** How the steps of a batch are run. */
export interface SequenceRun {
  /** [rows, steps, …] */
  readonly sequence: Tensor
  /** Zeros where it is left out. */
  readonly initial: readonly Tensor[] | undefined
  /** Boolean [rows, steps]; a step that does not count leaves the states as they were. */
  readonly mask: Mask
  readonly backwards: boolean
  /** What a step that does not count gives: zeros, or what the step before it gave. */
  readonly zeroWhereMasked: boolean
}

/** What the steps gave, in the order they were run. */
export interface SequenceResult {
  readonly outputs: readonly Tensor[]
  readonly states: readonly Tensor[]
}

/** Runs the steps one by one; the inputs of all are multiplied by the kernel at once. */
export function runCell(cell: Cell, weights: readonly Variable[], run: SequenceRun, pass: Pass): SequenceResult {
  const [rows = 0] = run.sequence.shape
  const ready = cell.begin(weights, pass, rows)
  const projected = tf.unstack(ready.project(stepsFirst(run.sequence)))
  const masks = run.mask === undefined ? undefined : tf.unstack(tf.cast(stepsFirst(run.mask), 'float32'))
  const order = projected.map((_, step) => (run.backwards ? projected.length - 1 - step : step))
  let states: readonly Tensor[] = run.initial ?? cell.states.map((shape) => tf.zeros([rows, ...shape]))
  let previous: Tensor | undefined
  const outputs = order.map((step) => {
    const input = projected[step]
    if (input === undefined) throw new TypeError(`recurrent layer: there is no step ${step}`)
    const next = ready.step(input, states)
    const mask = masks?.[step]
    if (mask === undefined) {
      states = next.states
      return next.output
    }
    states = next.states.map((state, index) => chosen(mask, state, states[index]))
    previous = chosen(mask, next.output, run.zeroWhereMasked ? undefined : previous)
    return previous
  })
  return { outputs, states }
}

/** `there` in the rows where the mask is 1, else `otherwise`, or zeros. */
function chosen(mask: Tensor, there: Tensor, otherwise: Tensor | undefined): Tensor {
  const share = tf.reshape(mask, [-1, ...there.shape.slice(1).map(() => 1)])
  const shown = tf.mul(there, share)
  return otherwise === undefined ? shown : tf.add(shown, tf.mul(otherwise, tf.sub(1, share)))
}

/** Swaps the first two axes: rows and steps. */
export function stepsFirst(tensor: Tensor): Tensor {
  const others = Array.from({ length: tensor.rank - 2 }, (_, axis) => axis + 2)
  return tf.transpose(tensor, [1, 0, ...others])
}
