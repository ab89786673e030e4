/** What a loss class is: labels, options, and one number per position. @module */

import type { Tensor } from '@tensorflow/tfjs-core'

import type { LabelKind } from '../compile-config.ts'
import type { ConfigReader } from '../config-reader.ts'
import { modelUnsupported } from '../model-errors.ts'
import type { Prediction } from '../losses.ts'

/** The loss at every position: a number per row, or per row and step where the output has several. */
export type PositionLoss = (target: Tensor, prediction: Prediction) => Tensor | MaskedLoss

/** A loss that itself says which positions count, as `ignore_class` does. */
export interface MaskedLoss {
  readonly values: Tensor
  /** Boolean, of the values' shape. */
  readonly mask: Tensor
}

/** One of Keras's loss classes. */
export interface LossClass {
  readonly labels: LabelKind
  /** Reads the options at once; what comes back does the arithmetic. */
  create(config: ConfigReader): PositionLoss
}

/** What Keras keeps probabilities and divisors away from 0 by (`keras.config.epsilon()`). */
export const EPSILON = 1e-7

/** Refuses classes that do not lie on the last axis. */
export function assertLastAxis(config: ConfigReader): void {
  const axis = config.integer('axis', -1)
  if (axis !== -1) throw modelUnsupported('option', `axis=${axis}`, config.where)
}
