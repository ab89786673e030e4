/** What is fitted on the training rows, and then done to every row's inputs. @module */

import type { MissingPolicy, PreprocessingDefinition } from '../dataset-definition.ts'
import type { ColumnStatistics } from '../documents/dataset-manifest.ts'
import type { PreparationStep } from '../documents/preprocessing.ts'
import { datasetError } from './dataset-error.ts'
import { mediansOf } from './median.ts'
import type { RawField, RawRows, WordField } from './raw-rows.ts'
import { describeOnes, describeRows } from './statistics.ts'

/** All that was fitted, over the inputs that the fields become. */
export interface FittedInputs {
  /** Per number of a raw row, what stands for a missing one. */
  readonly fill: Float64Array
  /** Whether missing numbers are filled. */
  readonly isFilled: boolean
  readonly steps: readonly PreparationStep[]
  /** Of all rows, before any preprocessing; per number of a raw row. */
  readonly statistics: readonly (ColumnStatistics | undefined)[]
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
 * What is done to the inputs that `fields` become, in their order: categories as one input a word, missing numbers
 * filled, then normalize, scale and clip. Fills and statistics are those of the training rows alone, in the order in
 * which the data set has them.
 *
 * @throws TrainingError `DATASET_INVALID` for a field that nothing can be fitted on
 */
export async function fitInputs(
  rows: RawRows,
  fields: readonly RawField[],
  { missing, preprocessing, trainRows }: FitInputsOptions,
): Promise<FittedInputs> {
  const { normalize, scale, clip } = preprocessing
  const isTrained = new Uint8Array(rows.rows)
  for (const row of trainRows) isTrained[row] = 1
  const isFilled = missing !== 'refuse'
  const needsTraining = normalize !== undefined || missing === 'mean'
  const views = needsTraining ? [{}, { rows: isTrained }] : [{}]
  const [statistics = [], present = []] = await describeRows(rows, views)

  const fill = new Float64Array(rows.store.width).fill(Number.NaN)
  if (isFilled) await fitFills(rows, fields, { missing, present, isTrained, fill })
  const hasGaps = fields.some((field) => field.kind === 'number' && field.missing > 0)
  const [filled = []] =
    normalize !== undefined && hasGaps ? await describeRows(rows, [{ rows: isTrained, fill }]) : [present]
  const training = { statistics: filled, isTrained, rows: trainRows.length }
  return {
    fill,
    isFilled,
    statistics,
    steps: [
      ...(normalize === undefined ? [] : [fitNormalization(normalize, await describeInputs(rows, fields, training))]),
      ...(scale === undefined ? [] : [{ step: 'scale', factor: scale } as const]),
      ...(clip === undefined ? [] : [{ step: 'clip', min: clip[0], max: clip[1] } as const]),
    ],
  }
}

/** How many inputs a field becomes. */
export function countInputs(field: RawField): number {
  return field.kind === 'word' ? field.words.length : field.width
}

/** What the steps do to each input, by its place. Computed in float64. */
export function createTransforms(steps: readonly PreparationStep[], inputs: number): ((value: number) => number)[] {
  return Array.from({ length: inputs }, (_, index) => {
    const [first, ...rest] = steps.map((step) => stepFor(step, index))
    if (first === undefined) return (value: number): number => value
    return rest.length === 0 ? first : (value) => rest.reduce((result, step) => step(result), first(value))
  })
}

interface FillOptions {
  readonly missing: Exclude<MissingPolicy, 'refuse'>
  readonly present: readonly (ColumnStatistics | undefined)[]
  readonly isTrained: Uint8Array
  readonly fill: Float64Array
}

async function fitFills(
  rows: RawRows,
  fields: readonly RawField[],
  { missing, present, isTrained, fill }: FillOptions,
): Promise<void> {
  const positions = fields.flatMap((field) => (field.kind === 'number' ? positionsOf(field) : []))
  const medians = missing === 'median' ? await mediansOf(rows, positions, isTrained) : []
  for (const [index, position] of positions.entries()) {
    const value =
      typeof missing === 'number' ? missing : missing === 'median' ? medians[index] : present[position]?.mean
    if (value === undefined) {
      const column = fields.find((field) => positionsOf(field).includes(position))?.name
      throw datasetError(
        `no training row has a number to take the ${missing} of`,
        column === undefined ? {} : { column },
      )
    }
    fill[position] = value
  }
}

interface DescribedInput extends ColumnStatistics {
  /** Of its field. */
  readonly name: string
}

/** Statistics of each input over the training rows. */
async function describeInputs(
  rows: RawRows,
  fields: readonly RawField[],
  training: {
    readonly statistics: readonly (ColumnStatistics | undefined)[]
    readonly isTrained: Uint8Array
    readonly rows: number
  },
): Promise<DescribedInput[]> {
  const words = fields.filter((field) => field.kind === 'word')
  const ones = await countOnes(rows, words, training.isTrained)
  return fields.flatMap((field): DescribedInput[] => {
    const { name } = field
    if (field.kind === 'word') {
      const counts = ones[words.indexOf(field)] ?? new Uint32Array(0)
      return Array.from(counts, (count) => ({ name, ...describeOnes(count, training.rows) }))
    }
    return positionsOf(field).map((position) => {
      const described = training.statistics[position]
      if (described === undefined) throw datasetError('no training row has a number', { column: name })
      return { name, ...described }
    })
  })
}

/** For each field, in how many training rows each of its words stands. */
async function countOnes(
  { store }: RawRows,
  fields: readonly WordField[],
  isTrained: Uint8Array,
): Promise<Uint32Array[]> {
  const counts = fields.map(({ words }) => new Uint32Array(words.length))
  if (fields.length === 0) return counts
  for await (const { firstRow, rows, values } of store.blocks()) {
    for (const [index, { offset, rankOf }] of fields.entries()) {
      const count = counts[index] ?? new Uint32Array(0)
      for (let row = 0; row < rows; row++) {
        if (isTrained[firstRow + row] !== 1) continue
        const rank = rankOf[values[row * store.width + offset] ?? 0] ?? 0
        count[rank] = (count[rank] ?? 0) + 1
      }
    }
  }
  return counts
}

function positionsOf({ offset, width }: RawField): number[] {
  return Array.from({ length: width }, (_, index) => offset + index)
}

function fitNormalization(normalize: 'standardize' | 'minmax', inputs: readonly DescribedInput[]): PreparationStep {
  if (normalize === 'standardize') {
    return {
      step: 'standardize',
      mean: inputs.map(({ mean }) => mean),
      std: inputs.map(({ std }) => std),
      epsilon: EPSILON,
    }
  }
  for (const { name, min, max } of inputs) {
    if (min !== max) continue
    throw datasetError(`minmax needs two different values among the training rows, got ${min} alone`, { column: name })
  }
  return { step: 'minmax', min: inputs.map(({ min }) => min), max: inputs.map(({ max }) => max) }
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
