/** What one step of a recurrent layer is. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../../config-reader.ts'
import type { Pass, Shape, WeightSpec } from '../../layer.ts'
import { modelInvalid } from '../../model-errors.ts'

/** A recurrent cell: its weights, and how it goes from one step to the next. */
export interface Cell {
  /** With paths from the cell's own group. */
  readonly weights: readonly WeightSpec[]
  /** Of each state, the row axis left out. */
  readonly states: readonly Shape[]
  readonly output: Shape
  /** Makes the cell ready for the steps of one batch: dropout masks are drawn here, one for all steps. */
  begin(weights: readonly Variable[], pass: Pass, rows: number): CellRun
}

/** A cell during one batch. */
export interface CellRun {
  /** What inputs come to before the state is known. [steps, rows, …] or [rows, …], as it was given. */
  project(inputs: Tensor): Tensor
  step(projected: Tensor, states: readonly Tensor[]): CellStep
}

/** What a step gives. */
export interface CellStep {
  readonly output: Tensor
  readonly states: readonly Tensor[]
}

/** The two rates of dropout that recurrent cells have. Masks come from the run's own seed. */
export interface DropoutRates {
  readonly inputs: number
  readonly states: number
}

/** Reads `dropout` and `recurrent_dropout`, cut to 0 … 1 as Keras does. */
export function readDropout(config: ConfigReader): DropoutRates {
  const rate = (name: string): number => Math.min(1, Math.max(0, config.number(name, 0)))
  config.ignore('seed')
  return { inputs: rate('dropout'), states: rate('recurrent_dropout') }
}

/** `count` masks of zeros and 1 / (1 − rate); none where nothing is dropped: outside training, or at a rate of 0 or 1. */
export function dropoutMasks(
  shape: Shape,
  rate: number,
  pass: Pass,
  options: { readonly rows: number; readonly count: number },
): readonly Tensor[] | undefined {
  if (!pass.training || rate <= 0 || rate >= 1) return undefined
  const full = [options.rows, ...shape]
  const size = full.reduce((product, length) => product * length, 1)
  return Array.from({ length: options.count }, () => {
    const mask = Float32Array.from({ length: size }, () => (pass.random.nextFloat() >= rate ? 1 / (1 - rate) : 0))
    return tf.tensor(mask, full)
  })
}

/** `x · matrix`, over the last axis. */
export function times(input: Tensor, matrix: Tensor): Tensor {
  const [features = 1, width = 1] = matrix.shape
  if (input.rank === 2) return tf.matMul(input, matrix)
  return tf.reshape(tf.matMul(tf.reshape(input, [-1, features]), matrix), [...input.shape.slice(0, -1), width])
}

/** `x · matrix`, part by part of the matrix's columns, each with a dropout mask of its own; plain without masks. */
export function timesMasked(input: Tensor, matrix: Tensor, masks: readonly Tensor[] | undefined): Tensor {
  if (masks === undefined) return times(input, matrix)
  const [only] = masks
  if (masks.length === 1 && only !== undefined) return times(tf.mul(input, only), matrix)
  const parts = tf.split(matrix, masks.length, 1)
  return tf.concat(
    parts.map((part, index) => times(tf.mul(input, masks[index] ?? 1), part)),
    -1,
  )
}

/** The number of features of one step. */
export function featuresOf(step: Shape, config: ConfigReader): number {
  const [features, ...others] = step
  if (features === undefined || others.length > 0) {
    throw modelInvalid(`${config.where}: expected steps of one axis, got ${step.length}`)
  }
  return features
}
