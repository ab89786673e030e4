/** What an AIBoM says about a model's inside and about the data it was trained on. @module */

/** A shape with its batch axis first; `null` is a size that may vary. */
export type ShapeFacts = readonly (number | null)[]

/** A tensor that goes into or comes out of a model. */
export interface TensorFacts {
  readonly name: string
  readonly shape: ShapeFacts
  readonly dtype: string
}

/** One layer, in the model's own order. */
export interface LayerFacts {
  readonly name: string
  readonly className: string
  readonly outputShape: ShapeFacts
  readonly parameters: number
  readonly trainable: boolean
}

/** How many numbers a model holds. */
export interface ParameterCounts {
  readonly total: number
  readonly trainable: number
  readonly nonTrainable: number
}

/** An optimizer by name, with its settings (plain JSON). */
export interface OptimizerFacts {
  readonly name: string
  readonly config: object
}

/** A model's inside: what `model-summary.json` says. */
export interface ModelFacts {
  readonly name: string
  /** Keras's word for how it is put together: `Sequential`, `Functional`. */
  readonly family: string
  readonly layers: readonly LayerFacts[]
  readonly parameters: ParameterCounts
  readonly inputs: readonly TensorFacts[]
  readonly outputs: readonly TensorFacts[]
  readonly optimizer: OptimizerFacts
  /** Keras's name of the loss: `sparse_categorical_crossentropy`. A list where there are several outputs. */
  readonly loss: string | readonly string[]
  readonly metrics: readonly string[]
  /** The epoch (from 0) that the weights are of, with its values, where it is not the last. */
  readonly restored?: { readonly epoch: number; readonly values: Readonly<Record<string, number>> }
}

/** A value of a column or a class, and in how many rows it stands. */
export interface ValueCountFacts {
  readonly value: string | number
  readonly rows: number
}

/** A column of tabular data. `statistics` (plain JSON), `values` and `missing` may reveal personal data. */
export interface ColumnFacts {
  readonly name: string
  readonly type: string
  readonly role: string
  readonly missing: number
  readonly statistics?: object
  readonly values?: readonly ValueCountFacts[]
}

/** A feature of examples. `statistics` (plain JSON) and `values` may reveal personal data. */
export interface FeatureFacts {
  readonly name: string
  readonly dtype: string
  readonly role: string
  /** How many examples lack it. */
  readonly missing?: number
  /** Without the row axis; absent for one value. */
  readonly shape?: readonly number[]
  readonly statistics?: object
  readonly values?: readonly ValueCountFacts[]
}

/** A channel of images. `statistics` (plain JSON) may reveal personal data. */
export interface ChannelFacts {
  readonly name: string
  readonly statistics?: object
}

/** The root of a Merkle tree, 64 lower-case hex digits, and of what its leaves are: `files`, `rows`, `values` or `records`. */
export interface MerkleFacts {
  readonly kind: string
  readonly leaves: number
  readonly root: string
}

/** The data a model was trained on: what `dataset-manifest.json` says. */
export interface DatasetFacts {
  /** `csv`, `image` … */
  readonly type: string
  readonly rows: number
  readonly trainRows: number
  readonly validationRows: number
  readonly columns?: readonly ColumnFacts[]
  /** Of TFRecord examples. */
  readonly features?: readonly FeatureFacts[]
  /** In the order of the model's outputs; absent where nothing is classified. */
  readonly classes?: readonly ValueCountFacts[]
  /** Of images. */
  readonly channels?: readonly ChannelFacts[]
  /** Of images before they were resized (plain JSON). */
  readonly imageSizes?: object
  /** Of images: how many there are of each format. */
  readonly formats?: Readonly<Record<string, number>>
  /** Over the data set's files, rows or records: what a proof of membership is held against. */
  readonly merkle?: MerkleFacts
}
