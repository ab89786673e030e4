/** The rows of a Parquet file as leaves of a Merkle tree: each the canonical JSON of its columns. @module */

import { canonicalizeJson, SdkError, utf8Decode } from '@aibomgen/core'

import { datasetError } from './dataset-error.ts'
import { streamChunks, withDuckDb } from './duckdb.ts'
import { openParquet, rowsIn, type ParquetFile } from './parquet-file.ts'
import { createValueEncoder, type ValueEncoder } from './parquet-values.ts'
import { assertNotCancelled } from './row-store.ts'
import { createRowTree, MAX_LEAVES, tooManyRows, type RowsRoot } from './row-tree.ts'

/**
 * The root over all columns of all rows, the ignored ones too. They are read once more for it: what cannot be read of a
 * column that nobody asked for keeps the file from having a root, and from nothing else.
 *
 * @throws TrainingError `CANCELLED`
 */
export async function hashParquetRows(parquet: ParquetFile, signal: AbortSignal): Promise<RowsRoot<'values'>> {
  if (parquet.rows > MAX_LEAVES) return { merkleUnavailable: tooManyRows() }
  const tree = createRowTree('values')
  try {
    await eachLeaf(parquet, (leaf) => {
      assertNotCancelled(signal)
      tree.add(leaf)
    })
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    return { merkleUnavailable: reason }
  }
  return tree.root()
}

/**
 * The leaf of every row of the file at `path`, in order.
 *
 * @throws TrainingError `DATASET_INVALID`; ParseError `LIMIT_EXCEEDED`; ArtifactError `FILE_UNREADABLE`
 */
export async function readParquetLeaves(path: string, take: (leaf: Uint8Array) => void): Promise<void> {
  await eachLeaf(await openParquet(path), take)
}

async function eachLeaf(
  { file, columns, rows, hasLongDecimals }: ParquetFile,
  take: (leaf: Uint8Array) => void,
): Promise<void> {
  if (hasLongDecimals) throw datasetError('decimals of more than 38 digits have no leaf')
  const names = columns.map((_, position) => `t.c${position}`)
  const query = `SELECT ${names.join(', ')} FROM ${rowsIn(file.path, columns.length)}`
  const chunks = withDuckDb(file, (connection) => streamChunks(connection, file, { query, rows }))
  let cells: readonly CellEncoder[] | undefined
  for await (const chunk of chunks) {
    cells ??= columns.map(({ name }, index) =>
      createCellEncoder(name, createValueEncoder(chunk.getColumnVector(index).type, name)),
    )
    const values = chunk.getColumns()
    for (let row = 0; row < chunk.rowCount; row++) {
      take(Buffer.from(`[${cells.map((encode, index) => encode(values[index]?.[row] ?? null)).join(',')}]`))
    }
  }
}

type CellEncoder = (value: Parameters<ValueEncoder['encode']>[0]) => string

/** `["name",type,value]` */
function createCellEncoder(name: string, { type, encode }: ValueEncoder): CellEncoder {
  const start = utf8Decode(canonicalizeJson([name, type])).slice(0, -1)
  // Of texts, numbers, lists and nulls, ECMAScript's JSON is RFC 8785's.
  return (value) => `${start},${JSON.stringify(value === null ? null : encode(value))}]`
}

/** Said in the same words whenever the same file is read. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof SdkError)) return undefined
  if (error.code === 'LIMIT_EXCEEDED') return 'rows that lie together take too much memory'
  return error.code === 'DATASET_INVALID' ? error.message : undefined
}
