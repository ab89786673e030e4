/** SHA-256 and SHA-512 of bytes and streams. @module */

import { createHash } from '#crypto'
import * as z from 'zod'

import { toHex } from './bytes.ts'
import { ParseError } from './errors.ts'

/** A SHA-256 as 64 lower-case hex digits. Made only here. */
export type Sha256Hex = string & { readonly __brand: 'Sha256Hex' }

/** Digest and size of some bytes: all that is needed to know them again. */
export interface BytesIdentity {
  readonly sha256: Sha256Hex
  readonly sizeBytes: number
}

/** A SHA-256 in the making. */
export interface Sha256Hasher {
  update(bytes: Uint8Array): void
  /** The digest; the hasher is spent afterwards. */
  digestHex(): Sha256Hex
}

/**
 * The digest that `text` spells: exactly 64 lower-case hex digits.
 *
 * @throws ParseError `ENCODING_INVALID`
 */
export function parseSha256Hex(text: string): Sha256Hex {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ParseError('ENCODING_INVALID', `expected 64 lower-case hex digits, got ${text.length} characters`, {
      encoding: 'sha256 hex',
    })
  }
  return text as Sha256Hex
}

/** Schema of a SHA-256 in hex, for the parsers of documents that hold one. */
export const sha256HexSchema: z.ZodType<Sha256Hex, unknown> = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits')
  .transform((text) => text as Sha256Hex)

/** SHA-256 of `bytes`. */
export function sha256Hex(bytes: Uint8Array): Sha256Hex {
  const hasher = createSha256()
  hasher.update(bytes)
  return hasher.digestHex()
}

/** SHA-512 of `bytes`, 128 lower-case hex digits. */
export function sha512Hex(bytes: Uint8Array): string {
  const hash = createHash('sha512')
  hash.update(bytes)
  return toHex(hash.digest())
}

/** A SHA-256 to feed piece by piece. */
export function createSha256(): Sha256Hasher {
  const hash = createHash('sha256')
  return {
    update: (bytes) => hash.update(bytes),
    digestHex: () => toHex(hash.digest()) as Sha256Hex,
  }
}

/** Digest and size of everything that `source` yields, in one pass and constant memory. */
export async function digestStream(source: AsyncIterable<Uint8Array>): Promise<BytesIdentity> {
  const hasher = createSha256()
  let sizeBytes = 0
  for await (const part of source) {
    hasher.update(part)
    sizeBytes += part.length
  }
  return { sha256: hasher.digestHex(), sizeBytes }
}
