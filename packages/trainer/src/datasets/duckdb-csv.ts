/** CSV cells through DuckDB, shut into one file. @module */

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'

import type { Cell } from './column-reader.ts'
import type { CsvStructure } from './csv-structure.ts'
import { datasetError } from './dataset-error.ts'

/** A column to read, by its place in the header. */
export interface WantedColumn {
  readonly position: number
  readonly as: 'number' | 'text'
}

const MEMORY_LIMIT = '1GiB'

/**
 * The cells of the wanted columns, some rows at a time, column by column, in the file's order.
 *
 * @param structure - of this very file, which has been found well-formed
 * @throws TrainingError `DATASET_INVALID` for what DuckDB refuses, such as text that is not UTF-8
 */
export async function* readCsvCells(
  path: string,
  structure: CsvStructure,
  wanted: readonly WantedColumn[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: MEMORY_LIMIT,
    temp_directory: '',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  })
  try {
    const connection = await instance.connect()
    try {
      await shutInto(connection, path)
      const result = await connection.stream(queryFor(path, structure, wanted))
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        yield chunk.getColumns() as Cell[][]
      }
    } finally {
      connection.closeSync()
    }
  } catch (cause) {
    throw datasetError(reasonOf(cause), {}, { cause })
  } finally {
    instance.closeSync()
  }
}

/** From here on the connection can read this file and nothing else, and nobody can change that. */
async function shutInto(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run(`SET allowed_paths = [${literal(file)}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

function queryFor(file: string, { header }: CsvStructure, wanted: readonly WantedColumn[]): string {
  const types = header.map((_, position) => `'c${position}': 'VARCHAR'`).join(', ')
  const options = [
    'auto_detect = false',
    'header = true',
    `delim = ','`,
    `quote = '"'`,
    `escape = '"'`,
    // The structure has been checked; DuckDB's strict mode loses rows where a quoted cell holds another line end.
    'strict_mode = false',
    'null_padding = false',
    'parallel = false',
    `compression = 'none'`,
    `columns = {${types}}`,
  ]
  const cells = wanted.map(({ position, as }) => (as === 'text' ? `c${position}` : numberIn(`c${position}`)))
  return `SELECT ${cells.join(', ')} FROM read_csv(${literal(file)}, ${options.join(', ')})`
}

/** NULL for an empty cell, NaN for one that is no number. DuckDB would take `1_000` for a thousand. */
function numberIn(column: string): string {
  const otherwise = `CASE WHEN coalesce(trim(${column}), '') = '' THEN NULL ELSE 'NaN'::DOUBLE END`
  return `CASE WHEN contains(${column}, '_') THEN 'NaN'::DOUBLE
    ELSE coalesce(TRY_CAST(${column} AS DOUBLE), ${otherwise}) END`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The lines of DuckDB's message that say what is wrong; the rest is its options. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return (message.split(/\n(?:Possible|LINE )/, 1)[0] ?? message).replaceAll(/\s*\n\s*/g, '; ').slice(0, 500)
}
