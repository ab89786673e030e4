/** Signing an AIBoM, inside (JSF) and beside it (`aibom.sig`). @module */

import type { JsonObject, Signer } from '@aibomgen/core'

import { signJsf } from './jsf.ts'
import { serializeAibom } from './serialize-aibom.ts'

/** A signed AIBoM, as a release holds it. */
export interface SignedAibom {
  /** `aibom.json`, with its JSF signature inside. */
  readonly bytes: Uint8Array
  /** `aibom.sig`: 64 raw bytes, the Ed25519 signature over exactly `bytes`, for `openssl pkeyutl -verify -rawin`. */
  readonly signature: Uint8Array
}

/**
 * `bom`, signed twice by one key. The same document and key give the same bytes.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`, `DOCUMENT_INVALID` (signed already); CryptoError `SIGNING_FAILED`
 */
export async function signAibom(bom: JsonObject, signer: Signer): Promise<SignedAibom> {
  const bytes = serializeAibom(await signJsf(bom, signer))
  return { bytes, signature: await signer.sign(bytes) }
}
