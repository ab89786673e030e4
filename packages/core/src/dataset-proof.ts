/** Proofs that a file or a row was in a data set: against the Merkle root in its verified manifest. @module */

import * as z from 'zod'

import { fromBase64, toBase64, utf8Decode, utf8Encode } from './bytes.ts'
import { canonicalizeJson } from './canonical-json.ts'
import { sha256HexSchema, type Sha256Hex } from './digest.ts'
import { DATASET_PROOF_TYPE } from './documents.ts'
import { VerificationError } from './errors.ts'
import { parseJson, type JsonObject } from './json.ts'
import { verifyMerkleProof, type MerkleProof, type MerkleRoot } from './merkle-tree.ts'
import { parseWith } from './zod-problems.ts'

/**
 * The root of a data set's Merkle tree, as a manifest records it, and what its leaves are:
 *
 * - `files`: the files of an archive, in the order of their names by code unit (`datasetFileLeaf`);
 * - `rows`: the rows of a CSV file in its order, each the exact bytes of its record without the end of its line;
 * - `values`: the rows of a Parquet file in its order, each the canonical JSON of its columns' names, types and values;
 * - `records`: the records of a TFRecord file in its order, each its exact bytes without length and checksums.
 */
export interface DatasetRoot extends MerkleRoot {
  readonly kind: 'files' | 'rows' | 'values' | 'records'
}

/** A file of an archive, by its name there. */
export interface DatasetFile {
  readonly name: string
  readonly sha256: Sha256Hex
}

/** A row of a CSV file, from 1; `record` is its text in the file, without the end of its line. */
export interface DatasetRow {
  readonly row: number
  readonly record: string
}

/** A row of a Parquet file, from 1; `values` is canonical JSON: `[name, type, value]` of every column. */
export interface DatasetValues {
  readonly row: number
  readonly values: string
}

/** A record of a TFRecord file, from 1. In JSON, its bytes are base64. */
export interface DatasetRecord {
  readonly record: number
  readonly bytes: Uint8Array
}

/** A claim that something stands in a data set, with what shows it. No other file, row or record is in it. */
export type DatasetProof = MerkleProof & { readonly root: Sha256Hex } & DatasetEntry

/** A leaf of a data set's tree, in words of its own kind. */
export type DatasetEntry =
  | { readonly file: DatasetFile }
  | { readonly row: DatasetRow }
  | { readonly values: DatasetValues }
  | { readonly record: DatasetRecord }

/** What a row or a record may have in a proof; JSON may take twice as much for it. */
export const MAX_DATASET_LEAF_BYTES: number = 64 * 1024 * 1024
/** What a proof may have. */
export const MAX_DATASET_PROOF_BYTES: number = 2 * MAX_DATASET_LEAF_BYTES + 64 * 1024

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
    z.strictObject({
      ...merkleMembers,
      values: z.strictObject({ row: z.int().min(1), values: z.string().max(MAX_DATASET_LEAF_BYTES) }),
    }),
    z.strictObject({
      ...merkleMembers,
      record: z.strictObject({ record: z.int().min(1), bytes: z.string().max(2 * MAX_DATASET_LEAF_BYTES) }),
    }),
  ],
  { error: 'a proof about a file, a row, values or a record' },
)

/** What a file's leaf holds: `{"name":…,"sha256":…}` as canonical JSON (RFC 8785). */
export function datasetFileLeaf({ name, sha256 }: DatasetFile): Uint8Array {
  return canonicalizeJson({ name, sha256 })
}

/**
 * The proof that `bytes` (JSON, at most `MAX_DATASET_PROOF_BYTES`) spell. It proves nothing before `verifyDatasetProof`.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `ENCODING_INVALID`
 */
export function parseDatasetProof(bytes: Uint8Array): DatasetProof {
  const document = 'data set proof'
  const json = parseJson(bytes, { maxBytes: MAX_DATASET_PROOF_BYTES, document })
  const { _type, ...proof } = parseWith(proofSchema, json, document)
  if (!('record' in proof)) return proof
  const { record, bytes: base64 } = proof.record
  return { ...proof, record: { record, bytes: fromBase64(base64) } }
}

/** The proof's bytes: canonical JSON, and a line feed. */
export function serializeDatasetProof(proof: DatasetProof): Uint8Array {
  const { index, leaves, path, root } = proof
  const members = { _type: DATASET_PROOF_TYPE, index, leaves, path: [...path], root, ...spellEntry(proof) }
  return utf8Encode(`${utf8Decode(canonicalizeJson(members))}\n`)
}

/**
 * Makes sure that what the proof is about stands in the data set with this root.
 *
 * @param root - from a dataset manifest whose bytes a verified link names
 * @throws VerificationError `EVIDENCE_MISMATCH`
 */
export function verifyDatasetProof(proof: DatasetProof, root: DatasetRoot): void {
  const { kind, place, leaf } = describeDatasetEntry(proof)
  if (kind !== root.kind) throw mismatch('leaves of the data set', root.kind, kind)
  if (proof.root !== root.root) throw mismatch('root of the data set', root.root, proof.root)
  if (place !== undefined && place !== proof.index + 1) {
    throw mismatch(`place of the proof among ${kind}`, String(proof.index + 1), String(place))
  }
  verifyMerkleProof(leaf, proof, root)
}

/** Of which kind of leaves something is, its place among them (from 1) where it says one, and the data of its leaf. */
export function describeDatasetEntry(entry: DatasetEntry): {
  readonly kind: DatasetRoot['kind']
  readonly place?: number
  readonly leaf: Uint8Array
} {
  if ('file' in entry) return { kind: 'files', leaf: datasetFileLeaf(entry.file) }
  if ('row' in entry) return { kind: 'rows', place: entry.row.row, leaf: utf8Encode(entry.row.record) }
  if ('values' in entry) return { kind: 'values', place: entry.values.row, leaf: utf8Encode(entry.values.values) }
  return { kind: 'records', place: entry.record.record, leaf: entry.record.bytes }
}

function spellEntry(entry: DatasetEntry): JsonObject {
  if ('file' in entry) return { file: { ...entry.file } }
  if ('row' in entry) return { row: { ...entry.row } }
  if ('values' in entry) return { values: { ...entry.values } }
  return { record: { record: entry.record.record, bytes: toBase64(entry.record.bytes) } }
}

function mismatch(what: string, expected: string, actual: string): VerificationError<'EVIDENCE_MISMATCH'> {
  const message = `${what}: expected ${expected}, got ${actual}`
  return new VerificationError('EVIDENCE_MISMATCH', message, { what, expected, actual })
}
