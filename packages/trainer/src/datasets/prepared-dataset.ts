/** A data set ready for a model: split, preprocessed, labels encoded, and described. @module */

import type { TableDefinition } from '../dataset-definition.ts'
import type { DatasetManifest } from '../documents/dataset-manifest.ts'
import type { OpenShape } from '../documents/model-summary.ts'
import type { LabelKind, Preprocessing } from '../documents/preprocessing.ts'
import type { RowBatch, RowSource } from '../row-source.ts'
import { countOutputs, encodeLabels, fitLabel, type Targets } from './labels.ts'
import { describeTable } from './manifest.ts'
import { countInputs, fitInputs, prepareInputs } from './preprocessing.ts'
import { assertShapesAgree, sizeOf } from './shapes.ts'
import { splitRows, type Split, type SplitOptions } from './split.ts'
import type { Table } from './table.ts'

/** What training takes, and the two documents about it. */
export interface PreparedDataset {
  readonly source: RowSource
  readonly split: Split
  readonly preprocessing: Preprocessing
  readonly manifest: DatasetManifest
}

/** What the data are prepared for. Shapes are the model's, without the row axis. */
export interface PrepareOptions extends SplitOptions {
  readonly labelKind: LabelKind
  readonly inputShape: OpenShape
  readonly outputShape: OpenShape
}

/**
 * Splits the table's rows, fits on those that train, and prepares all of them.
 *
 * @throws TrainingError `SPLIT_EMPTY`, `DATASET_INVALID`, `SHAPE_MISMATCH` where model, definition and data
 * do not agree
 */
export function prepareTable(table: Table, definition: TableDefinition, options: PrepareOptions): PreparedDataset {
  const features = table.columns.filter(({ name }) => name !== definition.label)
  const labelColumn = table.columns.find(({ name }) => name === definition.label)
  if (labelColumn === undefined) throw new TypeError(`table without its label ${definition.label}`)

  const split = splitRows(table.rows, options)
  const fitted = fitInputs(features, { ...definition, trainRows: split.train })
  const label = fitLabel(labelColumn, options.labelKind)
  assertShapesAgree('input_shape', {
    model: options.inputShape,
    definition: definition.inputShape,
    data: countInputs(fitted.columns),
  })
  assertShapesAgree('output_shape', {
    model: options.outputShape,
    definition: definition.outputShape,
    data: countOutputs(label),
  })
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
