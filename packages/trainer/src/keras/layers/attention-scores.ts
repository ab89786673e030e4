/** From scores to a mean of values: what all attention layers share. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { Pass } from '../layer.ts'
import { dropMask } from './dropout.ts'

/** What a score of a hidden position is lowered by: as good as nothing after the softmax. */
const HIDDEN = 1e9

/** How scores become weights. */
export interface Manner {
  /** 1 where a position counts, 0 where it is hidden; broadcast to the scores. */
  readonly mask: Tensor | undefined
  readonly dropout: number
  readonly pass: Pass
}

/** Values [rows, …, S, width] weighted by the softmax of scores [rows, …, T, S]. */
export function attend(
  scores: Tensor,
  values: Tensor,
  { mask, dropout, pass }: Manner,
): { readonly output: Tensor; readonly scores: Tensor } {
  const shown = mask === undefined ? scores : tf.add(scores, tf.mul(tf.sub(mask, 1), HIDDEN))
  const weights = tf.softmax(shown)
  const dropped =
    pass.training && dropout > 0 ? tf.mul(weights, dropMask(weights.shape, pass.random, dropout)) : weights
  return { output: tf.matMul(dropped, values), scores: weights }
}

/** [1, T, S]: no query looks at what comes after it. */
export function causalMask(queries: number, keys: number): Tensor {
  return relativeMask(queries, keys, (query, key) => query >= key)
}

/** [1, T, S]: every query looks at positions less than so far away. */
export function windowMask(queries: number, keys: number, width: number): Tensor {
  return relativeMask(queries, keys, (query, key) => Math.abs(query - key) < width)
}

/** What both masks show; a missing one hides nothing. */
export function both(first: Tensor | undefined, second: Tensor | undefined): Tensor | undefined {
  return first === undefined || second === undefined ? (first ?? second) : tf.mul(first, second)
}

function relativeMask(queries: number, keys: number, shows: (query: number, key: number) => boolean): Tensor {
  const values = Float32Array.from({ length: queries * keys }, (_, at) =>
    shows(Math.floor(at / keys), at % keys) ? 1 : 0,
  )
  return tf.tensor3d(values, [1, queries, keys])
}
