/** Which rows train and which validate. @module */

import { TrainingError } from '@aibomgen/core'

import type { Random } from '../random.ts'

/** How to divide a data set. */
export interface SplitOptions {
  /** 0 ≤ x < 1: the part that validates. 0 asks for no validation. */
  readonly validationSplit: number
  /** Draw the rows' order before dividing. Without, the last rows validate. */
  readonly shuffle: boolean
  /** Source of that order; nothing is drawn without `shuffle`. */
  readonly random: Random
}

/** Row numbers from 0. No row is in both. */
export interface Split {
  readonly train: Uint32Array<ArrayBuffer>
  readonly validation: Uint32Array<ArrayBuffer>
}

/**
 * The rows 0 … `rows`−1 divided as Keras does: the first `floor(rows × (1 − validationSplit))` train, in float64.
 *
 * @throws TrainingError `SPLIT_EMPTY` where no row is left to train on, or none to validate on though some were asked for
 */
export function splitRows(rows: number, { validationSplit, shuffle, random }: SplitOptions): Split {
  const trainRows = Math.floor(rows * (1 - validationSplit))
  assertNotEmpty('train', trainRows, rows, validationSplit)
  if (validationSplit > 0) assertNotEmpty('validation', rows - trainRows, rows, validationSplit)
  const order = shuffle ? random.permutation(rows) : Uint32Array.from({ length: rows }, (_, row) => row)
  return { train: order.slice(0, trainRows), validation: order.slice(trainRows) }
}

function assertNotEmpty(part: 'train' | 'validation', partRows: number, rows: number, validationSplit: number): void {
  if (partRows > 0) return
  const message = `split: expected rows to ${part === 'train' ? 'train' : 'validate'} on, got none of ${rows} with validation_split ${validationSplit}`
  throw new TrainingError('SPLIT_EMPTY', message, { part, rows, validationSplit })
}
