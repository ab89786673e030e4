/** What both implementations behind `#crypto` share. @module */

/** The two hash functions that evidence uses. */
export type HashAlgorithm = 'sha256' | 'sha512'

/** A hash in the making. */
export interface Hash {
  update(bytes: Uint8Array): void
  /** The digest; the hash is spent afterwards. */
  digest(): Uint8Array
}
