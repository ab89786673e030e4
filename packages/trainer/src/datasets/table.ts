/** A table as it is read: which of its columns, and as what. @module */

import type { TableDefinition } from '../dataset-definition.ts'
import { datasetError } from './dataset-error.ts'
import type { FieldSpec } from './field-encoder.ts'
import type { DatasetPlan } from './plan.ts'
import type { RawRows } from './raw-rows.ts'
import type { RowStorage } from './row-store.ts'
import type { RowsRoot } from './row-tree.ts'

/** The rows of a table, in the file's order. */
export interface Table extends Disposable {
  /** The definition's columns, in its order. */
  readonly raw: RawRows
  /** Names of the file's other columns, in the file's order. */
  readonly ignoredColumns: readonly string[]
  /** Of a CSV file's rows by their exact bytes, of a Parquet file's by their values. */
  readonly root: RowsRoot<'rows' | 'values'>
}

/** What a table is read for, and where its rows go. */
export interface ReadTableOptions {
  readonly outputs: DatasetPlan['outputs']
  readonly storage: RowStorage
}

/** How each column of the definition is read. Only a number that is no label may be missing. */
export function fieldSpecs(
  definition: Pick<TableDefinition, 'columns' | 'missing'>,
  outputs: DatasetPlan['outputs'],
): readonly FieldSpec[] {
  return definition.columns.map(({ name, type }) => {
    const label = outputs.find(({ field }) => field === name)
    const isClass = label !== undefined && label.port.labelKind !== 'regression'
    return {
      name,
      type,
      width: 1,
      mayBeMissing: definition.missing !== 'refuse' && label === undefined,
      isCounted: isClass && type === 'int',
    }
  })
}

/**
 * Checks that a file names each of its columns once, and has those of the definition.
 *
 * @throws TrainingError `DATASET_INVALID`
 */
export function assertColumns(header: readonly string[], { columns }: Pick<TableDefinition, 'columns'>): void {
  const seen = new Set<string>()
  for (const name of header) {
    if (seen.has(name)) throw datasetError('a header that names it twice', { column: name })
    seen.add(name)
  }
  for (const { name } of columns) {
    if (!seen.has(name)) throw datasetError(`missing from the header, which has ${listNames(header)}`, { column: name })
  }
}

/** The columns of a file that the definition does not name, in the file's order. */
export function ignoredColumns(header: readonly string[], { columns }: Pick<TableDefinition, 'columns'>): string[] {
  const named = new Set(columns.map(({ name }) => name))
  return header.filter((name) => !named.has(name))
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name))
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ')
}
