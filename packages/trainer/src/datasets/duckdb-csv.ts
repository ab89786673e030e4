/** CSV cells through DuckDB. @module */

import type { CsvStructure } from './csv-structure.ts'
import { literal, streamCells, type DuckDbFile } from './duckdb.ts'
import type { Cell } from './field-encoder.ts'

/** A column to read, by its place in the header. */
export interface WantedColumn {
  readonly position: number
  readonly as: 'number' | 'text'
}

const ADVICE = 'write the file with fewer columns, or as Parquet'

/**
 * The cells of the wanted columns, some rows at a time, column by column, in the file's order.
 *
 * @param structure - of this very file, which has been found well-formed
 * @throws TrainingError `DATASET_INVALID` for what DuckDB refuses, such as text that is not UTF-8; ParseError
 *   `LIMIT_EXCEEDED` for rows that are too wide
 */
export function readCsvCells(
  path: string,
  structure: CsvStructure,
  wanted: readonly WantedColumn[],
): AsyncGenerator<readonly (readonly Cell[])[], void, undefined> {
  const file: DuckDbFile = { path, advice: ADVICE }
  return streamCells(file, { query: queryFor(path, structure, wanted), rows: structure.rows })
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
