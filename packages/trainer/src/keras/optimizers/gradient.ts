/** A gradient in the parts that TensorFlow has it in. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { SparseGradient } from '../layer.ts'

/** One part: as large as the weight, or rows of it by index, an index perhaps more than once. */
interface Part {
  readonly values: Tensor
  readonly indices: Tensor | undefined
}

/**
 * The gradient of one weight. Keras clips and squares what a lookup gives row by row, before rows of one index are added
 * up (TensorFlow's un-merged `IndexedSlices`): so the parts are kept apart until somebody asks for the whole.
 */
export class Gradient {
  readonly #parts: readonly Part[]
  readonly #shape: readonly number[]

  private constructor(parts: readonly Part[], shape: readonly number[]) {
    this.#parts = parts
    this.#shape = shape
  }

  static dense(values: Tensor): Gradient {
    return new Gradient([{ values, indices: undefined }], values.shape)
  }

  /** Rows by index, for a weight of `shape`. */
  static lookup(parts: readonly SparseGradient[], shape: readonly number[]): Gradient {
    return new Gradient(
      parts.map(({ rows, indices }) => ({ values: rows, indices })),
      shape,
    )
  }

  /** The gradient itself, rows of one index added up. */
  sum(): Tensor {
    return this.#merge((values) => values)
  }

  /** Its square, as Keras's optimizers take it: of each part, then added up. */
  squared(): Tensor {
    return this.#merge((values) => tf.square(values))
  }

  /** The sum of the squares of all numbers in all parts. */
  squaredNorm(): Tensor {
    return tf.addN(this.#parts.map(({ values }) => tf.sum(tf.square(values))))
  }

  map(change: (values: Tensor) => Tensor): Gradient {
    return new Gradient(
      this.#parts.map(({ values, indices }) => ({ values: change(values), indices })),
      this.#shape,
    )
  }

  #merge(change: (values: Tensor) => Tensor): Tensor {
    const whole = this.#parts.map(({ values, indices }) =>
      indices === undefined
        ? change(values)
        : tf.unsortedSegmentSum(change(values), indices as tf.Tensor1D, this.#shape[0] ?? 0),
    )
    return tf.addN(whole)
  }
}
