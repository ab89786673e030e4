/** Verifying the signatures of a BOM, with keys that the verifier already holds. @module */

import {
  describeValue,
  markVerified,
  ParseError,
  parseJson,
  VerificationError,
  verifySignature,
  type JsonObject,
  type PublicKey,
  type Verified,
} from '@aibomgen/core'

import { isObject } from './json-structure.ts'
import { openJsf } from './jsf.ts'

/** The largest BOM that is read, in bytes. */
export const MAX_BOM_BYTES: number = 32 * 1024 * 1024

/**
 * The BOM that `bytes` (strict JSON, at most `MAX_BOM_BYTES`) spell, unverified.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID` (not an object)
 */
export function parseBom(bytes: Uint8Array): JsonObject {
  const value = parseJson(bytes, { maxBytes: MAX_BOM_BYTES, document: 'BOM' })
  if (isObject(value)) return value
  throw new ParseError('DOCUMENT_INVALID', 'BOM: expected an object', {
    document: 'BOM',
    problems: [{ path: '', expected: 'an object', got: describeValue(value) }],
  })
}

/**
 * The BOM that `bytes` spell, once its JSF signature is found to be by one of `keys`. The signature names its key by
 * keyid; a BOM that brings a key of its own is refused, whatever the key.
 *
 * @param keys - from outside: a trust root, never the document
 * @throws VerificationError `SIGNATURE_THRESHOLD` (not signed), `KEY_NOT_TRUSTED`, `SIGNATURE_INVALID`
 * @throws ParseError as `parseBom` and `openJsf`, `DOCUMENT_INVALID` among them; CryptoError `ALGORITHM_UNSUPPORTED`
 */
export async function verifyBomSignature(bytes: Uint8Array, keys: readonly PublicKey[]): Promise<Verified<JsonObject>> {
  const bom = parseBom(bytes)
  if (bom.signature === undefined) throw unsigned('BOM')
  const { keyId, embedsKey, signature, message } = openJsf(bom)
  const named = keyId ?? 'none'
  if (embedsKey) throw untrusted(named, 'a key inside the document cannot help to verify it')
  const key = keys.find(({ keyid }) => keyid === keyId)
  if (key === undefined) throw untrusted(named, 'not among the keys that may sign')
  if (!(await verifySignature(key, message, signature))) throw invalid('BOM', key)
  return markVerified(bom)
}

/**
 * The one of `keys` that made the detached `signature` (64 bytes) over exactly `bytes`.
 *
 * @throws VerificationError `SIGNATURE_INVALID` where a single key was given, `SIGNATURE_THRESHOLD` where none of several did
 */
export async function verifyDetachedSignature(
  bytes: Uint8Array,
  signature: Uint8Array,
  keys: readonly PublicKey[],
): Promise<PublicKey> {
  for (const key of keys) {
    if (signature.length === 64 && (await verifySignature(key, bytes, signature))) return key
  }
  const [only, ...others] = keys
  throw only !== undefined && others.length === 0 ? invalid('detached signature', only) : unsigned('detached signature')
}

function unsigned(subject: string): VerificationError<'SIGNATURE_THRESHOLD'> {
  return new VerificationError(
    'SIGNATURE_THRESHOLD',
    `${subject}: expected a signature by a key that may sign, got none`,
    {
      subject,
      required: 1,
      verified: 0,
    },
  )
}

function untrusted(keyid: string, reason: string): VerificationError<'KEY_NOT_TRUSTED'> {
  return new VerificationError('KEY_NOT_TRUSTED', `BOM: key ${keyid.slice(0, 64)}: ${reason}`, { keyid, reason })
}

function invalid(subject: string, { keyid }: PublicKey): VerificationError<'SIGNATURE_INVALID'> {
  return new VerificationError('SIGNATURE_INVALID', `${subject}: the signature by key ${keyid} is false`, {
    subject,
    keyid,
  })
}
