/** What an AIBoM says about a model's inside and about the data it was trained on. @module */

/** A tensor that goes into or comes out of a model. `null` in `shape` is a size that may vary. */
export interface TensorFacts {
  readonly name: string
  readonly shape: readonly (number | null)[]
  readonly dtype: string
}

/** One layer, in the model's own order. */
export interface LayerFacts {
  readonly name: string
  readonly className: string
  /** `null` where the layer has no one output shape. */
  readonly outputShape: readonly (number | null)[] | null
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

/** A model's inside. */
export interface ModelFacts {
  readonly name: string
  /** Keras's word for how it is put together: `Sequential`, `Functional`. */
  readonly family: string
  readonly layers: readonly LayerFacts[]
  readonly parameters: ParameterCounts
  readonly inputs: readonly TensorFacts[]
  readonly outputs: readonly TensorFacts[]
  readonly optimizer: OptimizerFacts
  /** Keras's name of the loss: `sparse_categorical_crossentropy`. */
  readonly loss: string
  readonly metrics: readonly string[]
}

/** The data a model was trained on. */
export interface DatasetFacts {
  readonly rows: number
  readonly trainRows: number
  readonly validationRows: number
  /** Class labels in the order of the model's outputs; absent where nothing is classified. */
  readonly classes?: readonly (string | number)[]
  /** Statistics of the training rows, plain JSON. May reveal personal data: see `TrainingFacts.withheld`. */
  readonly statistics?: object
}
