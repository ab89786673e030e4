/** DuckDB, shut into one file. @module */

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'

import { datasetError } from './dataset-error.ts'
import type { Cell } from './field-encoder.ts'

/** A file to read, and what DuckDB may hold in memory for it. It has no directory to go to beyond that. */
export interface DuckDbFile {
  readonly path: string
  readonly memoryLimit: string
}

/**
 * What `use` yields of a connection that can read the file at `path` and no other, nor load an extension.
 *
 * @throws TrainingError `DATASET_INVALID` for what DuckDB refuses
 */
export async function* withDuckDb<T>(
  { path, memoryLimit }: DuckDbFile,
  use: (connection: DuckDBConnection) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: memoryLimit,
    temp_directory: '',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  })
  try {
    const connection = await instance.connect()
    try {
      await shutInto(connection, path)
      yield* use(connection)
    } finally {
      connection.closeSync()
    }
  } catch (cause) {
    throw datasetError(reasonOf(cause), {}, { cause })
  } finally {
    instance.closeSync()
  }
}

/** The cells that a query gives, some rows at a time, column by column. */
export async function* streamCells(
  connection: DuckDBConnection,
  query: string,
): AsyncGenerator<readonly (readonly Cell[])[], void, undefined> {
  const result = await connection.stream(query)
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    yield chunk.getColumns() as Cell[][]
  }
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

/** The lines of DuckDB's message that say what is wrong; the rest is its options. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return (message.split(/\n(?:Possible|LINE )/, 1)[0] ?? message).replaceAll(/\s*\n\s*/g, '; ').slice(0, 500)
}
