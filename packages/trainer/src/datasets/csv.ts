/** CSV files: the columns of a definition as raw rows. @module */

import type { TableDefinition } from '../dataset-definition.ts'
import { readCsvRow, readCsvStructure } from './csv-structure.ts'
import { datasetError } from './dataset-error.ts'
import { readCsvCells } from './duckdb-csv.ts'
import { readColumns, type RefusedCell } from './read-columns.ts'
import { createRowTree } from './row-tree.ts'
import { assertColumns, fieldSpecs, ignoredColumns, type ReadTableOptions, type Table } from './table.ts'

/**
 * The rows of the CSV file at `path`, in the file's order. Strict: every column of the definition must be there, every
 * row must have as many cells as the header, every number must be one. An empty cell is missing: refused in a category
 * or a label, and in a number column unless the definition says what becomes of it. The file's other columns are
 * ignored, and named.
 *
 * @throws TrainingError `DATASET_INVALID`, with row and column where there are any; ParseError `LIMIT_EXCEEDED` where
 *   rows take too much memory; ArtifactError `FILE_UNREADABLE`
 */
export async function readCsv(path: string, definition: TableDefinition, options: ReadTableOptions): Promise<Table> {
  const { outputs, storage } = options
  const tree = createRowTree('rows')
  const structure = await readCsvStructure(path, { signal: storage.signal, onRow: (record) => tree.add(record) })
  const { header, rows } = structure
  assertColumns(header, definition)
  if (rows === 0) throw datasetError('a header and no rows')
  const wanted = definition.columns.map(({ name, type }) => ({
    position: header.indexOf(name),
    as: type === 'float' || type === 'int' ? ('number' as const) : ('text' as const),
  }))
  const raw = await readColumns(readCsvCells(path, structure, wanted), fieldSpecs(definition, outputs), {
    storage,
    describe: (refused) => describeRefusal(path, header, refused),
  })
  return {
    raw,
    ignoredColumns: ignoredColumns(header, definition),
    root: tree.root(),
    [Symbol.dispose]: () => raw[Symbol.dispose](),
  }
}

async function describeRefusal(path: string, header: readonly string[], refused: RefusedCell): Promise<Error> {
  const { line, cells } = await readCsvRow(path, refused.row + 1)
  const text = cells[header.indexOf(refused.column)] ?? ''
  const got = text.trim() === '' ? 'nothing' : JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text)
  const place = { row: refused.row + 1, line, column: refused.column }
  return datasetError(`expected ${refused.expected}, got ${got}`, place)
}
