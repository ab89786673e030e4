/** A Parquet file: what it says of itself, and how to ask for its rows. @module */

import type { DuckDBConnection } from '@duckdb/node-api'
import { readFileParts } from '@aibomgen/core/node'

import { datasetError } from './dataset-error.ts'
import { literal, withDuckDb, type DuckDbFile } from './duckdb.ts'

/** A column of the file: its name, and DuckDB's name for its type. */
export interface FileColumn {
  readonly name: string
  readonly type: string
}

/** What a file says of itself. */
export interface ParquetFile {
  readonly file: DuckDbFile
  readonly columns: readonly FileColumn[]
  readonly rows: number
  /** Whether it has decimals of more digits than DuckDB's, which it would give as floats. */
  readonly hasLongDecimals: boolean
}

/** How a Parquet file begins, and ends: `PAR1`. */
const PARQUET_MAGIC = [0x50, 0x41, 0x52, 0x31]
/** Pages and dictionaries are read as wholes, one of each column at a time. */
const ADVICE = 'write the file with smaller row groups and pages, or without columns of long values'
const MAX_DECIMAL_DIGITS = 38

/**
 * The file at `path`. Columns have the file's own names: DuckDB's differ where two are alike but for their letters' case.
 *
 * @throws TrainingError `DATASET_INVALID`; ArtifactError `FILE_UNREADABLE`
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  await assertParquet(path)
  const file = { path, advice: ADVICE }
  const name = literal(path)
  const reading = withDuckDb(file, async function* (connection) {
    const types = await rowsOf(connection, `SELECT column_type FROM (DESCRIBE SELECT * FROM read_parquet(${name}))`)
    const schema = await rowsOf(connection, `SELECT name, num_children, precision FROM parquet_schema(${name})`)
    const [counted] = await rowsOf(connection, `SELECT num_rows FROM parquet_file_metadata(${name})`)
    yield {
      file,
      columns: topLevelNames(schema).map((column, index): FileColumn => ({
        name: column,
        type: textOf(types[index]?.[0]),
      })),
      rows: Number(counted?.[0] ?? 0),
      hasLongDecimals: schema.some(([, , precision]) => Number(precision ?? 0) > MAX_DECIMAL_DIGITS),
    }
  })
  for await (const header of reading) return header
  throw new TypeError('DuckDB gave no header')
}

/** The file as a table `t`, of whose columns the first `count` are called by their places. */
export function rowsIn(path: string, count: number): string {
  const names = Array.from({ length: count }, (_, position) => `c${position}`)
  return `read_parquet(${literal(path)}, hive_partitioning = false, union_by_name = false) AS t(${names.join(', ')})`
}

async function assertParquet(path: string): Promise<void> {
  for await (const part of readFileParts(path)) {
    if (PARQUET_MAGIC.every((byte, index) => part[index] === byte)) return
    break
  }
  throw datasetError('no Parquet file: it does not begin with PAR1')
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
