/** Parquet files: the columns of a definition as raw rows. @module */

import type { ColumnDefinition, TableDefinition } from '../dataset-definition.ts'
import { datasetError } from './dataset-error.ts'
import { streamCells, type DuckDbFile } from './duckdb.ts'
import { openParquet, rowsIn } from './parquet-file.ts'
import { hashParquetRows } from './parquet-leaves.ts'
import { readColumns, type RefusedCell } from './read-columns.ts'
import { assertColumns, fieldSpecs, ignoredColumns, type ReadTableOptions, type Table } from './table.ts'

/** A column of the definition, by its place in the file. */
interface WantedColumn extends ColumnDefinition {
  readonly position: number
  readonly fileType: string
}

const INTEGERS = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'UHUGEINT',
])
const FLOATS = new Set(['FLOAT', 'DOUBLE'])

/**
 * The rows of the Parquet file at `path`, in the file's order. The definition's columns must be there, with types that
 * can be what the definition says: numbers and booleans as numbers (a whole float may be an `int`), texts, integers and
 * booleans as words. A null is a missing cell, as an empty one of a CSV is. The file's other columns are ignored,
 * whatever they hold, and named.
 *
 * @throws TrainingError `DATASET_INVALID`, with row and column where there are any; ParseError `LIMIT_EXCEEDED` where
 *   rows take too much memory; ArtifactError `OUTPUT_UNWRITABLE`
 */
export async function readParquet(
  path: string,
  definition: TableDefinition,
  options: ReadTableOptions,
): Promise<Table> {
  const header = await openParquet(path)
  const { file, columns, rows } = header
  const names = columns.map(({ name }) => name)
  assertColumns(names, definition)
  const wanted = definition.columns.map((column): WantedColumn => {
    const position = names.indexOf(column.name)
    const fileType = columns[position]?.type ?? ''
    assertReadable(column, fileType)
    return { ...column, position, fileType }
  })
  if (rows === 0) throw datasetError('columns and no rows')
  const cells = streamCells(file, { query: queryFor(path, wanted), rows })
  const raw = await readColumns(cells, fieldSpecs(definition, options.outputs), {
    storage: options.storage,
    describe: (refused) => describeRefusal(file, wanted, refused),
  })
  try {
    const root = await hashParquetRows(header, options.storage.signal)
    return {
      raw,
      root,
      ignoredColumns: ignoredColumns(names, definition),
      [Symbol.dispose]: () => raw[Symbol.dispose](),
    }
  } catch (error) {
    raw[Symbol.dispose]()
    throw error
  }
}

function assertReadable({ name, type }: ColumnDefinition, fileType: string): void {
  const isWord = type === 'category' || type === 'text'
  const isReadable =
    INTEGERS.has(fileType) ||
    fileType === 'BOOLEAN' ||
    (isWord ? fileType === 'VARCHAR' || fileType.startsWith('ENUM') : FLOATS.has(fileType))
  if (isReadable) return
  const expected = isWord ? 'texts, integers or booleans' : 'integers, floats or booleans'
  const hint = fileType === 'BLOB' ? ' (bytes that the file does not call UTF-8 text)' : ''
  throw datasetError(`expected ${expected} for ${type}, got ${fileType}${hint}`, { column: name })
}

function queryFor(path: string, wanted: readonly WantedColumn[]): string {
  return `SELECT ${wanted.map((column) => cellOf(column)).join(', ')} FROM ${rowsIn(path, columnsUpTo(wanted))}`
}

function columnsUpTo(wanted: readonly WantedColumn[]): number {
  return Math.max(...wanted.map(({ position }) => position)) + 1
}

/** A number that a double cannot hold becomes NaN, which no column takes. */
function cellOf({ position, type, fileType }: WantedColumn): string {
  const column = `t.c${position}`
  if (type === 'category' || type === 'text') return `CAST(${column} AS VARCHAR)`
  if (!/^U?(BIGINT|HUGEINT)$/.test(fileType)) return `CAST(${column} AS DOUBLE)`
  const limit = Number.MAX_SAFE_INTEGER
  const lowest = fileType.startsWith('U') ? 0 : -limit
  return `CASE WHEN ${column} IS NULL THEN NULL WHEN ${column} BETWEEN ${lowest} AND ${limit}
    THEN CAST(${column} AS DOUBLE) ELSE 'NaN'::DOUBLE END`
}

async function describeRefusal(
  file: DuckDbFile,
  wanted: readonly WantedColumn[],
  refused: RefusedCell,
): Promise<Error> {
  const column = wanted.find(({ name }) => name === refused.column)
  if (column === undefined) throw new TypeError(`no column ${refused.column}`)
  const query = `SELECT left(CAST(t.c${column.position} AS VARCHAR), 65) FROM ${rowsIn(file.path, columnsUpTo([column]))}
    LIMIT 1 OFFSET ${refused.row}`
  const place = { row: refused.row + 1, column: refused.column }
  for await (const [cells] of streamCells(file, { query, rows: 1 })) {
    const text = cells?.[0] ?? ''
    const got = String(text).trim() === '' ? 'nothing' : JSON.stringify(text)
    return datasetError(`expected ${refused.expected}, got ${got}`, place)
  }
  return datasetError(`expected ${refused.expected}`, place)
}
