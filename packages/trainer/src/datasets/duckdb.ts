/** DuckDB, shut into one file. @module */

import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api'

import { ParseError, SdkError } from '@aibomgen/core'

import { datasetError } from './dataset-error.ts'
import type { Cell } from './field-encoder.ts'

/** A file to read, and what its writer can do where reading it takes too much memory. */
export interface DuckDbFile {
  readonly path: string
  readonly advice: string
}

/** A query over the file, and how many rows it gives where it gives all. */
export interface RowsQuery {
  readonly query: string
  readonly rows: number
}

/** What DuckDB may hold. It has no directory to go to beyond that. */
const MEMORY_MEBIBYTES = 512

/**
 * What `use` yields of a connection that can read the file at `path` and no other, nor load an extension.
 *
 * @throws TrainingError `DATASET_INVALID` for what DuckDB refuses; ParseError `LIMIT_EXCEEDED` where it runs out of
 *   memory
 */
export async function* withDuckDb<T>(
  file: DuckDbFile,
  use: (connection: DuckDBConnection) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${MEMORY_MEBIBYTES}MiB`,
    temp_directory: '',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  })
  try {
    const connection = await instance.connect()
    try {
      await shutInto(connection, file.path)
      yield* use(connection)
    } finally {
      connection.closeSync()
    }
  } catch (cause) {
    throw refusalOf(cause, file)
  } finally {
    instance.closeSync()
  }
}

/**
 * What a query gives, some rows at a time, column by column: all of it, or an error.
 *
 * @throws as `withDuckDb` does, with the number of rows that were read
 */
export async function* streamChunks(
  connection: DuckDBConnection,
  file: DuckDbFile,
  { query, rows }: RowsQuery,
): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  let read = 0
  try {
    const result = await connection.stream(query)
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      read += chunk.rowCount
      yield chunk
    }
    // A stream that fails midway ends like one that is whole. The same query with one row for its answer says why.
    if (read < rows) await connection.run(`SELECT bit_xor(hash(COLUMNS(*))) FROM (${query})`)
  } catch (cause) {
    throw refusalOf(cause, file, read)
  }
  if (read !== rows) throw datasetError(`expected ${rows} rows, and DuckDB read ${read}`)
}

/** The cells that a query over a file gives, some rows at a time, column by column. Throws as `withDuckDb` does. */
export function streamCells(
  file: DuckDbFile,
  query: RowsQuery,
): AsyncGenerator<readonly (readonly Cell[])[], void, undefined> {
  return withDuckDb(file, async function* (connection) {
    for await (const chunk of streamChunks(connection, file, query)) yield chunk.getColumns() as Cell[][]
  })
}

/** A text in SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** From here on the connection can read this file and nothing else, and nobody can change that. */
async function shutInto(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run(`SET allowed_paths = [${literal(file)}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

/** What DuckDB says, in our words where it ran out of memory. */
function refusalOf(cause: unknown, file: DuckDbFile, read = 0): Error {
  if (cause instanceof SdkError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const after = read === 0 ? '' : `after row ${read}: `
  if (!message.startsWith('Out of Memory Error')) return datasetError(after + reasonOf(message, file), {}, { cause })
  const what = 'bytes of memory to read rows of the data set that lie together'
  const limit = MEMORY_MEBIBYTES * 1024 ** 2
  const actual = Math.max(neededBytes(message), limit + 1)
  const text = `data set: ${after}expected at most ${limit} ${what}, got ${actual}: ${file.advice}`
  return new ParseError('LIMIT_EXCEEDED', text, { what, limit, actual }, { cause })
}

/** The lines of DuckDB's message that say what is wrong; the rest is its options. */
function reasonOf(message: string, { path }: DuckDbFile): string {
  const [reason = message] = message.split(/\n(?:Possible|LINE )/, 1)
  return reason
    .replaceAll(path, 'the file')
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 500)
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** `… failed to allocate data of size 128.0 MiB (384.0 MiB/512.0 MiB used)`: both together; 0 where it says neither. */
function neededBytes(message: string): number {
  const sizes = /of size ([\d.]+) (\w+) \(([\d.]+) (\w+)\//.exec(message) ?? []
  const [, size, sizeUnit = '', used, usedUnit = ''] = sizes
  const bytes = Number(size) * 1024 ** UNITS.indexOf(sizeUnit) + Number(used) * 1024 ** UNITS.indexOf(usedUnit)
  return Number.isFinite(bytes) ? Math.round(bytes) : 0
}
