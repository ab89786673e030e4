/** A CSV or Parquet data set, ready for a model. @module */

import type { TableDefinition } from '../dataset-definition.ts'
import type { ManifestColumn, TableManifest } from '../documents/dataset-manifest.ts'
import type { PreparedColumn, PreparedLabel, TablePreprocessing } from '../documents/preprocessing.ts'
import { countClasses } from './labels.ts'
import type { DatasetPlan } from './plan.ts'
import { prepareRows, type FittedOutput, type PreparedRowsAndFit, type PrepareRowsOptions } from './prepare-rows.ts'
import type { PreparedDataset } from './prepared-dataset.ts'
import { fieldOf, type RawField } from './raw-rows.ts'
import type { Table } from './table.ts'

/** How to divide the rows, and where those go that outgrow memory. */
export type PrepareTableOptions = Omit<PrepareRowsOptions, 'missing' | 'preprocessing'>

/**
 * Prepares all rows of a table, and describes what was there and what became of it.
 *
 * @throws TrainingError `SPLIT_EMPTY`, `DATASET_INVALID`, `SHAPE_MISMATCH` where model, definition and data do not agree
 */
export async function prepareTable(
  table: Table,
  definition: TableDefinition,
  plan: DatasetPlan,
  options: PrepareTableOptions,
): Promise<PreparedDataset> {
  const { missing, preprocessing } = definition
  const result = await prepareRows(table.raw, plan, { ...options, missing, preprocessing })
  return {
    source: result.prepared,
    split: result.split,
    preprocessing: describePreprocessing(definition, result),
    manifest: describeTable(table, definition, result),
  }
}

function describePreprocessing(
  { type, inputs: severalInputs, outputs: severalOutputs }: TableDefinition,
  { fitted, inputs, outputs, split }: PreparedRowsAndFit,
): TablePreprocessing {
  const columns = inputs.flatMap(({ fields }) => fields.map((field) => describePrepared(field, fitted)))
  const labels = outputs.map(({ plan, ...output }) => ({ output: plan.port.name, ...describeLabel(output) }))
  const [only] = outputs
  return {
    type,
    columns,
    ...(severalInputs === undefined
      ? {}
      : { inputs: inputs.map(({ plan }) => ({ name: plan.port.name, shape: plan.shape })) }),
    steps: fitted.steps,
    ...(severalOutputs === undefined && only !== undefined ? { label: describeLabel(only) } : { labels }),
    fittedOnRows: split.train.length,
  }
}

function describePrepared(
  field: RawField,
  { fill, isFilled }: Pick<PreparedRowsAndFit['fitted'], 'fill' | 'isFilled'>,
): PreparedColumn {
  const { name } = field
  if (field.kind === 'word') return { name, type: 'category', categories: field.words }
  return { name, type: field.type, ...(isFilled ? { fill: fill[field.offset] ?? 0 } : {}) }
}

function describeLabel({ field, label }: Omit<FittedOutput, 'plan'>): PreparedLabel {
  return {
    column: field.name,
    kind: label.kind,
    ...(label.classes === undefined ? {} : { classes: label.classes }),
  }
}

function describeTable(
  { raw, ignoredColumns, root }: Table,
  definition: TableDefinition,
  { fitted, outputs, split }: PreparedRowsAndFit,
): TableManifest {
  const labels = new Set(outputs.map(({ field }) => field.name))
  const [only, ...others] = outputs
  const columns = definition.columns.map(({ name, type }): ManifestColumn => {
    const field = fieldOf(raw, name)
    const role = labels.has(name) ? 'label' : 'feature'
    if (field.kind === 'word') return { name, type, role, missing: 0, values: countClasses(field) }
    const statistics = fitted.statistics[field.offset]
    const isClass = others.length > 0 && field.counts !== undefined
    return {
      name,
      type,
      role,
      missing: field.missing,
      ...(statistics === undefined ? {} : { statistics }),
      ...(isClass ? { values: countClasses(field) } : {}),
    }
  })
  return {
    type: definition.type,
    rows: raw.rows,
    trainRows: split.train.length,
    validationRows: split.validation.length,
    columns,
    ignoredColumns,
    ...(only === undefined || others.length > 0 || only.label.classes === undefined
      ? {}
      : { classes: countClasses(only.field) }),
    ...root,
  }
}
