/** A data set ready for a model: split, preprocessed, labels encoded, and described. @module */

import { TrainingError } from '@aibomgen/core'

import type { TrainableDefinition } from '../dataset-definition.ts'
import type { DatasetManifest } from '../documents/dataset-manifest.ts'
import type { LabelKind, Preprocessing } from '../documents/preprocessing.ts'
import type { RowBatch, RowSource } from '../row-source.ts'
import { encodeLabels, fitLabel, type Targets } from './labels.ts'
import { describeTable } from './manifest.ts'
import { countInputs, fitInputs, prepareInputs } from './preprocessing.ts'
import { splitRows, type Split, type SplitOptions } from './split.ts'
import type { Table } from './table.ts'

/** What training takes, and the two documents about it. */
export interface PreparedDataset {
  readonly source: RowSource
  readonly split: Split
  readonly preprocessing: Preprocessing
  readonly manifest: DatasetManifest
}

/** What the data are prepared for. */
export interface PrepareOptions extends SplitOptions {
  readonly labelKind: LabelKind
}

/**
 * Splits the table's rows, fits on those that train, and prepares all of them.
 *
 * @throws TrainingError `SPLIT_EMPTY`, `DATASET_INVALID`, `SHAPE_MISMATCH` where the data do not have the shapes that
 * the definition says
 */
export function prepareTable(table: Table, definition: TrainableDefinition, options: PrepareOptions): PreparedDataset {
  const features = table.columns.filter(({ name }) => name !== definition.label)
  const labelColumn = table.columns.find(({ name }) => name === definition.label)
  if (labelColumn === undefined) throw new TypeError(`table without its label ${definition.label}`)

  const split = splitRows(table.rows, options)
  const fitted = fitInputs(features, { ...definition, trainRows: split.train })
  assertInputShape(definition.inputShape, countInputs(fitted.columns))
  const label = fitLabel(labelColumn, options.labelKind, sizeOf(definition.outputShape))
  const inputs = prepareInputs(features, fitted, table.rows)
  return {
    source: createRowSource(table.rows, inputs, definition.inputShape, encodeLabels(labelColumn, label)),
    split,
    preprocessing: { type: 'csv', ...fitted, label, fittedOnRows: split.train.length },
    manifest: describeTable(table, split, label),
  }
}

function createRowSource(
  rows: number,
  inputs: Float32Array,
  inputShape: readonly number[],
  { values, shape }: Targets,
): RowSource {
  return {
    rows,
    inputShapes: [inputShape],
    targetShape: shape,
    gather: (wanted): Promise<RowBatch> =>
      Promise.resolve({
        inputs: [gatherRows(inputs, sizeOf(inputShape), wanted)],
        target: gatherRows(values, sizeOf(shape), wanted),
      }),
  }
}

function gatherRows(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const gathered = new Float32Array(rows.length * width)
  for (const [index, row] of rows.entries()) {
    gathered.set(values.subarray(row * width, (row + 1) * width), index * width)
  }
  return gathered
}

function assertInputShape(inputShape: readonly number[], inputs: number): void {
  const size = sizeOf(inputShape)
  if (size === inputs) return
  const what = 'inputs of a row'
  const expected = `${size}, as input_shape [${inputShape.join(', ')}] says`
  const got = `${inputs} from the columns of the data set`
  throw new TrainingError('SHAPE_MISMATCH', `${what}: expected ${expected}, got ${got}`, { what, expected, got })
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
