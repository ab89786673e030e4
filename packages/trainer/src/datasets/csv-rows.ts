/** The rows of a CSV file under one Merkle root, and the proof that one of them is among them. @module */

import { createMerkleProver, createMerkleTree, utf8Decode, type DatasetProof, type DatasetRoot } from '@aibomgen/core'

import { readCsvStructure } from './csv-structure.ts'
import { datasetError } from './dataset-error.ts'

/** Takes the exact bytes of every row in order; gives their root, or none where hashing them would take too long. */
export interface RowTree {
  add(record: Uint8Array): void
  root(): (DatasetRoot & { readonly kind: 'rows' }) | undefined
}

/** Each row is two hashes: some seconds for a million of them. */
const MAX_LEAVES = 10_000_000

/** An empty tree. */
export function createRowTree(): RowTree {
  const tree = createMerkleTree()
  let rows = 0
  return {
    add(record) {
      rows++
      if (rows <= MAX_LEAVES) tree.add(record)
    },
    root: () => (rows <= MAX_LEAVES ? { kind: 'rows', ...tree.root() } : undefined),
  }
}

/**
 * The proof that a row stands in the CSV file at `path`, which is known to be the one that `root` was taken of.
 *
 * @param row - from 1, the header and blank lines not counted
 * @throws TrainingError `DATASET_INVALID` for a file without such a row, or with another number of rows; ArtifactError
 *   `FILE_UNREADABLE`
 */
export async function proveCsvRow(path: string, row: number, root: DatasetRoot): Promise<DatasetProof> {
  if (!Number.isSafeInteger(row) || row < 1 || row > root.leaves) {
    throw datasetError(`expected a row of 1 to ${root.leaves}, got ${row}`)
  }
  const prover = createMerkleProver(row - 1, root.leaves)
  let rows = 0
  let found = ''
  await readCsvStructure(path, {
    onRow(record) {
      rows++
      prover.add(record)
      if (rows === row) found = utf8Decode(record)
    },
  })
  if (rows !== root.leaves) throw datasetError(`expected ${root.leaves} rows, got ${rows}`)
  return { ...prover.proof(), root: root.root, row: { row, record: found } }
}
