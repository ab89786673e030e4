/** Parquet files: the columns of a definition as raw rows. @module */

import type { DuckDBConnection } from '@duckdb/node-api'
import { readFileParts } from '@aibomgen/core/node'

import type { ColumnDefinition, TableDefinition } from '../dataset-definition.ts'
import { datasetError } from './dataset-error.ts'
import { literal, streamCells, withDuckDb, type DuckDbFile } from './duckdb.ts'
import { readColumns, type RefusedCell } from './read-columns.ts'
import { assertColumns, fieldSpecs, ignoredColumns, type ReadTableOptions, type Table } from './table.ts'

/** Pages and dictionaries are read as wholes, one of each column at a time. */
const ADVICE = 'write the file with smaller row groups and pages, or without columns of long values'

/** A column of the file: its name, and DuckDB's name for its type. */
interface FileColumn {
  readonly name: string
  readonly type: string
}

/** What the file says of itself. */
interface FileHeader {
  readonly columns: readonly FileColumn[]
  readonly rows: number
}

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
/** How a Parquet file begins, and ends: `PAR1`. */
const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31]

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
  await assertParquet(path)
  const file = { path, advice: ADVICE }
  const { columns, rows } = await readHeader(file)
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
  return { raw, ignoredColumns: ignoredColumns(names, definition), [Symbol.dispose]: () => raw[Symbol.dispose]() }
}

async function assertParquet(path: string): Promise<void> {
  for await (const part of readFileParts(path)) {
    if (PARQUET_MAGIC.every((byte, index) => part[index] === byte)) return
    break
  }
  throw datasetError('no Parquet file: it does not begin with PAR1')
}

/** The columns of the file, under its own names: DuckDB's differ where two are alike but for their letters' case. */
async function readHeader(file: DuckDbFile): Promise<FileHeader> {
  const path = literal(file.path)
  const reading = withDuckDb(file, async function* (connection) {
    const types = await rowsOf(connection, `SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet(${path}))`)
    const schema = await rowsOf(connection, `SELECT name, num_children FROM parquet_schema(${path})`)
    const [counted] = await rowsOf(connection, `SELECT num_rows FROM parquet_file_metadata(${path})`)
    yield {
      columns: topLevelNames(schema).map((name, index): FileColumn => ({ name, type: textOf(types[index]?.[0]) })),
      rows: Number(counted?.[0] ?? 0),
    }
  })
  for await (const header of reading) return header
  return { columns: [], rows: 0 }
}

/** The schema is a tree, written down from its root on; each node says how many children follow it. */
function topLevelNames(schema: readonly (readonly unknown[])[]): string[] {
  const names: string[] = []
  let inside = 0
  for (const [name, children] of schema.slice(1)) {
    if (inside === 0) names.push(textOf(name))
    else inside -= 1
    inside += Number(children ?? 0)
  }
  return names
}

async function rowsOf(connection: DuckDBConnection, query: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(query)).getRows()
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
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
  return `SELECT ${wanted.map((column) => cellOf(column)).join(', ')} FROM ${rowsIn(path, wanted)}`
}

/** The file as a table whose columns are called by their places. */
function rowsIn(path: string, wanted: readonly WantedColumn[]): string {
  const last = Math.max(...wanted.map(({ position }) => position))
  const names = Array.from({ length: last + 1 }, (_, position) => `c${position}`)
  return `read_parquet(${literal(path)}, hive_partitioning = false, union_by_name = false) AS t(${names.join(', ')})`
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
  const query = `SELECT left(CAST(t.c${column.position} AS VARCHAR), 65) FROM ${rowsIn(file.path, [column])}
    LIMIT 1 OFFSET ${refused.row}`
  const place = { row: refused.row + 1, column: refused.column }
  for await (const [cells] of streamCells(file, { query, rows: 1 })) {
    const text = cells?.[0] ?? ''
    const got = String(text).trim() === '' ? 'nothing' : JSON.stringify(text)
    return datasetError(`expected ${refused.expected}, got ${got}`, place)
  }
  return datasetError(`expected ${refused.expected}`, place)
}
