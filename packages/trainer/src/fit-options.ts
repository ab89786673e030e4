/** What a training run is asked for, and what it reports while it runs. @module */

import type { Random } from './random.ts'
import type { EarlyStopping, PlateauDrop } from './structured-parameters.ts'

/** One training run: how long, on which rows, and who is told. */
export interface FitOptions {
  /** The epoch to stop before; epochs `initialEpoch` … `epochs`−1 run. */
  readonly epochs: number
  /** The first epoch to run, from 0. */
  readonly initialEpoch: number
  /** Rows per step; the last batch of a pass over the rows may be smaller. */
  readonly batchSize: number
  /** Steps after which an epoch ends; the next goes on where it stopped. Absent: all batches. */
  readonly stepsPerEpoch?: number
  /** Batches of each validation pass. Absent: all. */
  readonly validationSteps?: number
  /** Validate after every so many epochs. */
  readonly validationFreq: number
  /** Reorder the training rows before each pass over them. */
  readonly shuffle: boolean
  /** Source of the row order and of dropout masks. */
  readonly random: Random
  /** Row numbers to train on, in order. */
  readonly train: Uint32Array
  /** Row numbers to validate on, in order; empty for no validation. */
  readonly validation: Uint32Array
  /** What each class of the one output counts in the training loss, by class number. Absent: all the same. */
  readonly classWeights?: readonly number[]
  /** Ends training before its last epoch. */
  readonly earlyStopping?: EarlyStopping
  /** Lowers the learning rate, and adds it to the history. */
  readonly plateauDrop?: PlateauDrop
  /** Stops the run within one batch, with `CANCELLED`. */
  readonly signal: AbortSignal
  readonly onBatch: (progress: BatchProgress) => void
  readonly onEpoch: (progress: EpochProgress) => void
  /** Told once, after the last epoch, where the weights of an earlier one were put back. */
  readonly onRestored?: (restored: RestoredEpoch) => void
}

/** The epoch whose weights a model was left with, which was not the last. */
export interface RestoredEpoch {
  /** From 0. */
  readonly epoch: number
  /** Its entries of the history. */
  readonly values: Readonly<Record<string, number>>
}

/** After each training step. */
export interface BatchProgress {
  /** From 0. */
  readonly epoch: number
  /** Of how many the run is to reach. */
  readonly epochs: number
  /** Steps done in this epoch, from 1. */
  readonly step: number
  /** Steps of this epoch. */
  readonly steps: number
  /** Running values over this epoch, as Keras prints them: `loss` and each metric. */
  readonly values: Readonly<Record<string, number>>
}

/** After each epoch, its validation included. */
export interface EpochProgress {
  /** From 0. */
  readonly epoch: number
  readonly epochs: number
  /** This epoch's entries of the history, with `val_` ones where it was validated. */
  readonly values: Readonly<Record<string, number>>
}

/** Keras's `history`: per name, one value per epoch (per validated epoch for `val_` names), in the order Keras prints. */
export type History = Record<string, number[]>
