/** Rows of a data set as numbers, ready for a model: what a data set gives and training takes. @module */

/** Prepared rows, in the data's own order, that can be read in any order. */
export interface RowSource {
  readonly rows: number
  /** One shape per model input, without the row axis. */
  readonly inputShapes: readonly (readonly number[])[]
  /** One shape per model output, without the row axis; `[1]` or `[]` for one number a row. */
  readonly targetShapes: readonly (readonly number[])[]
  /** The rows asked for, in the order asked for. Preprocessed, labels encoded. */
  gather(rows: Uint32Array): Promise<RowBatch>
}

/** Some rows, row-major: each array holds rows × (product of its shape) numbers. */
export interface RowBatch {
  /** One array per model input. */
  readonly inputs: readonly (Float32Array | Int32Array)[]
  /** One array per model output. */
  readonly targets: readonly Float32Array[]
}
