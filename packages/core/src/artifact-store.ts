/** The port to where artifacts are kept: by digest, never by name. @module */

import type { BytesIdentity, Sha256Hex } from './digest.ts'

/** What a store holds under a digest. */
export type StoredArtifact = BytesIdentity

/** Bytes `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** What a store is told about the bytes that it takes. */
export interface PutOptions {
  readonly maxBytes: number
  /** What the bytes must be, where that is known. */
  readonly expect?: Sha256Hex
}

/** Gives artifacts by digest. */
export interface ArtifactReader {
  /**
   * The artifact's bytes. A whole read is checked against the digest as it streams, and errors at its end when the
   * bytes are not what the digest says (`ARTIFACT_CORRUPT`); a range cannot be checked and is not.
   *
   * @throws ArtifactError `ARTIFACT_NOT_FOUND`, `RANGE_INVALID`, `STORE_UNAVAILABLE`
   */
  open(digest: Sha256Hex, range?: ByteRange): Promise<ReadableStream<Uint8Array>>
}

/** Keeps artifacts by digest. Every adapter passes one contract suite. */
export interface ArtifactStore extends ArtifactReader {
  /**
   * Hashes while it writes, in one pass. Idempotent: the same bytes twice are one artifact. Atomic: visible whole or
   * not at all, also after a crash; when refused, nothing stays behind. Errors of `bytes` itself are passed on.
   *
   * @param bytes - a part is the source's again, to be overwritten, once the next one is asked for
   * @throws ArtifactError `ARTIFACT_TOO_LARGE` past `maxBytes`, `ARTIFACT_CORRUPT` when not what `expect` says,
   * `STORE_UNAVAILABLE`
   */
  put(bytes: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredArtifact>
  /** Whether the artifact is there, whole. */
  has(digest: Sha256Hex): Promise<boolean>
  /** Every artifact, in no particular order. What is put or deleted meanwhile may or may not appear. */
  list(): AsyncIterable<StoredArtifact>
  /** Takes the artifact away. Idempotent: also when there is none. */
  delete(digest: Sha256Hex): Promise<void>
}
