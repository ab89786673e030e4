/** How long each hash that CycloneDX knows is. @module */

/** Hex digits of each hash algorithm that the schema allows. */
export const HASH_DIGITS: ReadonlyMap<string, number> = new Map([
  ['MD5', 32],
  ['SHA-1', 40],
  ['SHA-256', 64],
  ['SHA-384', 96],
  ['SHA-512', 128],
  ['SHA3-256', 64],
  ['SHA3-384', 96],
  ['SHA3-512', 128],
  ['BLAKE2b-256', 64],
  ['BLAKE2b-384', 96],
  ['BLAKE2b-512', 128],
  ['BLAKE3', 64],
  ['Streebog-256', 64],
  ['Streebog-512', 128],
])
