/** From a table to a model's inputs: what is fitted on the training rows, and then done to every row. @module */

import type { MissingPolicy, PreprocessingDefinition } from '../dataset-definition.ts'
import type { PreparationStep, PreparedColumn } from '../documents/preprocessing.ts'
import { datasetError } from './dataset-error.ts'
import { describeNumbers, medianOf } from './statistics.ts'
import type { Column, NumberColumn } from './table.ts'

/** All that was fitted. */
export interface FittedInputs {
  readonly columns: readonly PreparedColumn[]
  readonly steps: readonly PreparationStep[]
}

/** What to fit: the definition's words, and the rows to learn from. */
export interface FitInputsOptions {
  readonly missing: MissingPolicy
  readonly preprocessing: PreprocessingDefinition
  readonly trainRows: Uint32Array
}

/** Keras's and NumPy's habit: keeps a constant input from dividing by zero. */
const EPSILON = 1e-8

/**
 * How the feature columns become inputs, in their order: categories as one input a word, empty cells filled, then
 * normalize, scale and clip. Fills and statistics are those of the training rows alone.
 *
 * @throws TrainingError `DATASET_INVALID` for a column that nothing can be fitted on
 */
export function fitInputs(features: readonly Column[], options: FitInputsOptions): FittedInputs {
  const columns = features.map((column) => fitColumn(column, options))
  const { normalize, scale, clip } = options.preprocessing
  return {
    columns,
    steps: [
      ...(normalize === undefined ? [] : [fitNormalization(normalize, features, columns, options.trainRows)]),
      ...(scale === undefined ? [] : [{ step: 'scale', factor: scale } as const]),
      ...(clip === undefined ? [] : [{ step: 'clip', min: clip[0], max: clip[1] } as const]),
    ],
  }
}

/** How many inputs the columns become. */
export function countInputs(columns: readonly PreparedColumn[]): number {
  return columns.reduce((count, column) => count + (column.type === 'category' ? column.categories.length : 1), 0)
}

/**
 * The inputs of all rows, row-major. Computed in float64, kept as float32.
 *
 * @throws TrainingError `DATASET_INVALID` for a number that float32 cannot hold
 */
export function prepareInputs(
  features: readonly Column[],
  { columns, steps }: FittedInputs,
  rows: number,
): Float32Array {
  const inputs = inputsOf(features, columns)
  const prepared = new Float32Array(rows * inputs.length)
  for (const [index, { name, valueAt }] of inputs.entries()) {
    const apply = steps.map((step) => stepFor(step, index))
    for (let row = 0; row < rows; row++) {
      let value = valueAt(row)
      for (const transform of apply) value = transform(value)
      const single = Math.fround(value)
      if (!Number.isFinite(single)) {
        throw datasetError(`expected a number within float32 after preprocessing, got ${value}`, {
          row: row + 1,
          column: name,
        })
      }
      prepared[row * inputs.length + index] = single
    }
  }
  return prepared
}

/** One number per row, on its way to the model. */
interface Input {
  /** Of its column. */
  readonly name: string
  readonly valueAt: (row: number) => number
}

function inputsOf(features: readonly Column[], columns: readonly PreparedColumn[]): Input[] {
  return features.flatMap((column, index): Input[] => {
    const { name } = column
    if ('words' in column) {
      return column.words.map((_, code) => ({ name, valueAt: (row) => (column.codes[row] === code ? 1 : 0) }))
    }
    const prepared = columns[index]
    const fill = prepared?.type === 'category' ? undefined : prepared?.fill
    const { values } = column
    if (fill === undefined) return [{ name, valueAt: (row) => values[row] ?? Number.NaN }]
    const valueAt = (row: number): number => {
      const value = values[row] ?? Number.NaN
      return Number.isNaN(value) ? fill : value
    }
    return [{ name, valueAt }]
  })
}

function fitColumn(column: Column, { missing, trainRows }: FitInputsOptions): PreparedColumn {
  const { name } = column
  if ('words' in column) return { name, type: 'category', categories: column.words }
  if (missing === 'refuse') return { name, type: column.type }
  return { name, type: column.type, fill: typeof missing === 'number' ? missing : fitFill(column, missing, trainRows) }
}

function fitFill(column: NumberColumn, missing: 'mean' | 'median', trainRows: Uint32Array): number {
  const values = Float64Array.from(trainRows, (row) => column.values[row] ?? Number.NaN)
  const fill = missing === 'mean' ? describeNumbers(values)?.mean : medianOf(values)
  if (fill === undefined)
    throw datasetError(`no training row has a number to take the ${missing} of`, { column: column.name })
  return fill
}

function fitNormalization(
  normalize: 'standardize' | 'minmax',
  features: readonly Column[],
  columns: readonly PreparedColumn[],
  trainRows: Uint32Array,
): PreparationStep {
  const statistics = inputsOf(features, columns).map(({ name, valueAt }) => {
    const described = describeNumbers(Float64Array.from(trainRows, valueAt))
    if (described === undefined) throw datasetError('no training row has a number', { column: name })
    if (normalize === 'minmax' && described.min === described.max) {
      const reason = `minmax needs two different values among the training rows, got ${described.min} alone`
      throw datasetError(reason, { column: name })
    }
    return described
  })
  return normalize === 'standardize'
    ? {
        step: 'standardize',
        mean: statistics.map(({ mean }) => mean),
        std: statistics.map(({ std }) => std),
        epsilon: EPSILON,
      }
    : { step: 'minmax', min: statistics.map(({ min }) => min), max: statistics.map(({ max }) => max) }
}

/** What a step does to the input with this index. */
function stepFor(step: PreparationStep, index: number): (value: number) => number {
  switch (step.step) {
    case 'standardize': {
      const mean = step.mean[index] ?? 0
      const divisor = (step.std[index] ?? 1) + step.epsilon
      return (value) => (value - mean) / divisor
    }
    case 'minmax': {
      const min = step.min[index] ?? 0
      const range = (step.max[index] ?? 1) - min
      return (value) => (value - min) / range
    }
    case 'scale':
      return (value) => value * step.factor
    case 'clip':
      return (value) => Math.min(Math.max(value, step.min), step.max)
  }
}
