/** CSV files: the columns of a definition as typed arrays. @module */

import type { TableDefinition } from '../dataset-definition.ts'
import { createColumnReader, type RefusedCell } from './column-reader.ts'
import { readCsvRow, readCsvStructure } from './csv-structure.ts'
import { datasetError } from './dataset-error.ts'
import { readCsvCells } from './duckdb-csv.ts'
import type { Table } from './table.ts'

/**
 * The rows of the CSV file at `path`, in the file's order. Strict: every column of the definition must be there, every
 * row must have as many cells as the header, every number must be one. An empty cell is missing: refused in a category
 * or the label, and in a number column unless the definition says what becomes of it. The file's other columns are
 * ignored, and named.
 *
 * @throws TrainingError `DATASET_INVALID`, with row and column where there are any; ArtifactError `FILE_UNREADABLE`
 */
export async function readCsv(path: string, definition: TableDefinition): Promise<Table> {
  const structure = await readCsvStructure(path)
  const { header, rows } = structure
  assertColumns(header, definition)
  if (rows === 0) throw datasetError('a header and no rows')

  const readers = definition.columns.map((column) => {
    const mayBeMissing = definition.missing !== 'refuse' && column.name !== definition.label
    return createColumnReader(column, { rows, mayBeMissing })
  })
  const wanted = definition.columns.map(({ name, type }) => ({
    position: header.indexOf(name),
    as: type === 'float' || type === 'int' ? ('number' as const) : ('text' as const),
  }))

  let row = 0
  for await (const columns of readCsvCells(path, structure, wanted)) {
    const refused = readers.flatMap((reader, index) => reader.take(row, columns[index] ?? []) ?? [])
    const [first] = refused.toSorted((a, b) => a.row - b.row)
    if (first !== undefined) throw await describeRefusal(path, header, first)
    row += columns[0]?.length ?? 0
  }
  if (row !== rows) throw datasetError(`expected ${rows} rows, and DuckDB read ${row}`)

  const named = new Set(definition.columns.map(({ name }) => name))
  return {
    rows,
    columns: readers.map((reader) => reader.finish()),
    ignoredColumns: header.filter((name) => !named.has(name)),
  }
}

function assertColumns(header: readonly string[], definition: TableDefinition): void {
  const seen = new Set<string>()
  for (const name of header) {
    if (seen.has(name)) throw datasetError('a header that names it twice', { column: name })
    seen.add(name)
  }
  for (const { name } of definition.columns) {
    if (!seen.has(name)) throw datasetError(`missing from the header, which has ${listNames(header)}`, { column: name })
  }
}

async function describeRefusal(path: string, header: readonly string[], refused: RefusedCell): Promise<Error> {
  const { line, cells } = await readCsvRow(path, refused.row + 1)
  const text = cells[header.indexOf(refused.column)] ?? ''
  const got = text.trim() === '' ? 'nothing' : JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text)
  const place = { row: refused.row + 1, line, column: refused.column }
  return datasetError(`expected ${refused.expected}, got ${got}`, place)
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name))
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ')
}
