/** The proof that a row is among those of a data set. @module */

import { createMerkleProver, utf8Decode, type DatasetEntry, type DatasetProof, type DatasetRoot } from '@aibomgen/core'

import { readCsvStructure } from './csv-structure.ts'
import { datasetError } from './dataset-error.ts'
import type { RowKind } from './row-tree.ts'
import { readTfrecords } from './tfrecord-records.ts'

/**
 * The proof that a row stands in the CSV, Parquet or TFRecord file at `path`, which is known to be the one that `root`
 * was taken of. Reads the file once.
 *
 * @param row - from 1: of a CSV the header and blank lines not counted, of a TFRecord file the record
 * @throws TrainingError `DATASET_INVALID` for a file without such a row, or with another number of rows; ArtifactError
 *   `FILE_UNREADABLE`; ParseError `LIMIT_EXCEEDED`
 */
export async function proveDatasetRow(
  path: string,
  row: number,
  root: DatasetRoot & { readonly kind: RowKind },
): Promise<DatasetProof> {
  if (!Number.isSafeInteger(row) || row < 1 || row > root.leaves) {
    throw datasetError(`expected a row of 1 to ${root.leaves}, got ${row}`)
  }
  const prover = createMerkleProver(row - 1, root.leaves)
  let rows = 0
  let found: Uint8Array = new Uint8Array()
  await readLeaves(path, root.kind, (leaf) => {
    rows++
    if (rows > root.leaves) return
    prover.add(leaf)
    if (rows === row) found = leaf.slice()
  })
  if (rows !== root.leaves) throw datasetError(`expected ${root.leaves} rows, got ${rows}`)
  return { ...prover.proof(), root: root.root, ...entryOf(root.kind, row, found) }
}

async function readLeaves(path: string, kind: RowKind, take: (leaf: Uint8Array) => void): Promise<void> {
  switch (kind) {
    case 'rows':
      await readCsvStructure(path, { onRow: take })
      return
    case 'values': {
      // DuckDB is loaded where there is Parquet to read.
      const { readParquetLeaves } = await import('./parquet-leaves.ts')
      await readParquetLeaves(path, take)
      return
    }
    case 'records':
      for await (const { bytes } of readTfrecords(path)) take(bytes)
  }
}

function entryOf(kind: RowKind, row: number, leaf: Uint8Array): DatasetEntry {
  switch (kind) {
    case 'rows':
      return { row: { row, record: utf8Decode(leaf) } }
    case 'values':
      return { values: { row, values: utf8Decode(leaf) } }
    case 'records':
      return { record: { record: row, bytes: leaf } }
  }
}
