/** The rows of a data set under one Merkle root, taken while they are read. @module */

import { createMerkleTree, MAX_DATASET_LEAF_BYTES, type DatasetRoot } from '@aibomgen/core'

/** What the leaves of a data set that is read row by row can be. */
export type RowKind = Exclude<DatasetRoot['kind'], 'files'>

/** The root of a data set's rows, or why there is none. */
export interface RowsRoot<K extends RowKind = RowKind> {
  readonly merkle?: DatasetRoot & { readonly kind: K }
  readonly merkleUnavailable?: string
}

/** Takes the leaf of every row in order. */
export interface RowTree<K extends RowKind> {
  add(leaf: Uint8Array): void
  root(): RowsRoot<K>
}

/** Each row is two hashes: some seconds for a million of them. */
export const MAX_LEAVES = 10_000_000

/** An empty tree. Past ten million rows, or a row that no proof could hold, it has no root. */
export function createRowTree<K extends RowKind>(kind: K): RowTree<K> {
  const tree = createMerkleTree()
  let rows = 0
  let unavailable: string | undefined
  return {
    add(leaf) {
      rows++
      if (rows > MAX_LEAVES) unavailable ??= tooManyRows()
      if (leaf.length > MAX_DATASET_LEAF_BYTES) unavailable ??= tooLargeRow(rows)
      if (unavailable === undefined) tree.add(leaf)
    },
    root: () => (unavailable === undefined ? { merkle: { kind, ...tree.root() } } : { merkleUnavailable: unavailable }),
  }
}

/** Why a data set of so many rows has no root. */
export function tooManyRows(): string {
  return `more than ${MAX_LEAVES} rows`
}

function tooLargeRow(row: number): string {
  return `row ${row} has more than ${MAX_DATASET_LEAF_BYTES} bytes`
}
