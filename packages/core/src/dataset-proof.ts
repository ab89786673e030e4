/** Proofs that a file or a row was in a data set: against the Merkle root in its verified manifest. @module */

import * as z from 'zod'

import { utf8Decode, utf8Encode } from './bytes.ts'
import { canonicalizeJson } from './canonical-json.ts'
import { sha256HexSchema, type Sha256Hex } from './digest.ts'
import { DATASET_PROOF_TYPE } from './documents.ts'
import { VerificationError } from './errors.ts'
import { parseJson } from './json.ts'
import { verifyMerkleProof, type MerkleProof, type MerkleRoot } from './merkle-tree.ts'
import { parseWith } from './zod-problems.ts'

/**
 * The root of a data set's Merkle tree, as a manifest records it. The leaves are, of an archive, its files in the order
 * of their names by code unit (`datasetFileLeaf`); of a table, its rows in the file's order, each the exact bytes of its
 * record without the end of its line.
 */
export interface DatasetRoot extends MerkleRoot {
  readonly kind: 'files' | 'rows'
}

/** A file of an archive, by its name there. */
export interface DatasetFile {
  readonly name: string
  readonly sha256: Sha256Hex
}

/** A row of a table, from 1; `record` is its text in the file, without the end of its line. */
export interface DatasetRow {
  readonly row: number
  readonly record: string
}

/** A claim that a file or a row stands in a data set, with what shows it. Small: no other file or row is in it. */
export type DatasetProof = MerkleProof & {
  readonly root: Sha256Hex
} & ({ readonly file: DatasetFile } | { readonly row: DatasetRow })

const MAX_PROOF_BYTES = 4 * 1024 * 1024

const merkleMembers = {
  _type: z.literal(DATASET_PROOF_TYPE),
  index: z.int().min(0),
  leaves: z.int().min(1),
  path: z.array(sha256HexSchema).max(64),
  root: sha256HexSchema,
}

const proofSchema = z.union(
  [
    z.strictObject({
      ...merkleMembers,
      file: z.strictObject({ name: z.string().min(1).max(4096), sha256: sha256HexSchema }),
    }),
    z.strictObject({
      ...merkleMembers,
      row: z.strictObject({ row: z.int().min(1), record: z.string().max(2 * 1024 * 1024) }),
    }),
  ],
  { error: 'a proof about a file or a row' },
)

/** What a file's leaf holds: `{"name":…,"sha256":…}` as canonical JSON (RFC 8785). */
export function datasetFileLeaf({ name, sha256 }: DatasetFile): Uint8Array {
  return canonicalizeJson({ name, sha256 })
}

/**
 * The proof that `bytes` (JSON, at most 4 MiB) spell. It proves nothing before `verifyDatasetProof`.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parseDatasetProof(bytes: Uint8Array): DatasetProof {
  const document = 'data set proof'
  const { _type, ...proof } = parseWith(
    proofSchema,
    parseJson(bytes, { maxBytes: MAX_PROOF_BYTES, document }),
    document,
  )
  return proof
}

/** The proof's bytes: canonical JSON, and a line feed. */
export function serializeDatasetProof(proof: DatasetProof): Uint8Array {
  const { index, leaves, path, root } = proof
  const what = 'file' in proof ? { file: { ...proof.file } } : { row: { ...proof.row } }
  const members = { _type: DATASET_PROOF_TYPE, index, leaves, path: [...path], root, ...what }
  return utf8Encode(`${utf8Decode(canonicalizeJson(members))}\n`)
}

/**
 * Makes sure that the proof's file or row stands in the data set with this root.
 *
 * @param root - from a dataset manifest whose bytes a verified link names
 * @throws VerificationError `EVIDENCE_MISMATCH`
 */
export function verifyDatasetProof(proof: DatasetProof, root: DatasetRoot): void {
  const kind = 'file' in proof ? 'files' : 'rows'
  if (kind !== root.kind) throw mismatch('leaves of the data set', root.kind, kind)
  if (proof.root !== root.root) throw mismatch('root of the data set', root.root, proof.root)
  if ('row' in proof && proof.row.row !== proof.index + 1) {
    throw mismatch('row of the proof', String(proof.index + 1), String(proof.row.row))
  }
  const leaf = 'file' in proof ? datasetFileLeaf(proof.file) : utf8Encode(proof.row.record)
  verifyMerkleProof(leaf, proof, root)
}

function mismatch(what: string, expected: string, actual: string): VerificationError<'EVIDENCE_MISMATCH'> {
  const message = `${what}: expected ${expected}, got ${actual}`
  return new VerificationError('EVIDENCE_MISMATCH', message, { what, expected, actual })
}
