/** The dataset manifest: what a table held, said in counts and statistics. @module */

import type { DatasetManifest, ManifestColumn } from '../documents/dataset-manifest.ts'
import type { PreparedLabel } from '../documents/preprocessing.ts'
import { countClasses } from './labels.ts'
import type { Split } from './split.ts'
import { describeNumbers } from './statistics.ts'
import type { Column, Table } from './table.ts'

/** The manifest of a table, with how it was divided and what became of its label. */
export function describeTable(table: Table, split: Split, label: PreparedLabel): DatasetManifest {
  const labelColumn = table.columns.find(({ name }) => name === label.column)
  return {
    type: 'csv',
    rows: table.rows,
    trainRows: split.train.length,
    validationRows: split.validation.length,
    columns: table.columns.map((column) => describeColumn(column, column === labelColumn ? 'label' : 'feature')),
    ignoredColumns: table.ignoredColumns,
    ...(labelColumn === undefined || label.classes === undefined
      ? {}
      : { classes: countClasses(labelColumn, label.classes) }),
  }
}

function describeColumn(column: Column, role: 'feature' | 'label'): ManifestColumn {
  const { name, type } = column
  if ('words' in column) return { name, type, role, missing: 0, values: countClasses(column, column.words) }
  const statistics = describeNumbers(column.values)
  return { name, type, role, missing: column.missing, ...(statistics === undefined ? {} : { statistics }) }
}
