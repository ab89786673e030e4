/** JSON Signature Format (JSF 0.82) with one Ed25519 signature: what CycloneDX 1.x signs with. @module */

import {
  canonicalizeJson,
  CryptoError,
  fromBase64,
  ParseError,
  parseWith,
  toBase64Url,
  type JsonObject,
  type Signer,
} from '@aibomgen/core'
import * as z from 'zod'

import { isObject } from './json-structure.ts'

/** A document's signature, taken apart. Nothing about it has been verified. */
export interface JsfSignature {
  /** What the signer called its key; a hint, never a proof. */
  readonly keyId?: string
  /** Whether the document brings a key of its own (`publicKey`, `certificatePath`), which must not be believed. */
  readonly embedsKey: boolean
  /** 64 bytes. */
  readonly signature: Uint8Array
  /** What was signed: the canonical form (RFC 8785) of the whole document without the signature's value. */
  readonly message: Uint8Array
}

/**
 * `document` with a `signature` by `signer`: Ed25519, named by its keyid, no embedded key. Everything in the document is
 * covered, the signature's own algorithm and keyId included.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`; `DOCUMENT_INVALID` when it is signed already
 * @see https://cyberphone.github.io/doc/security/jsf.html
 */
export async function signJsf(document: JsonObject, signer: Signer): Promise<JsonObject> {
  if (Object.hasOwn(document, 'signature')) throw refused('signature', 'no signature yet', 'one')
  const head = { algorithm: 'Ed25519', keyId: signer.publicKey.keyid }
  const signature = await signer.sign(canonicalizeJson({ ...document, signature: head }))
  return { ...document, signature: { ...head, value: toBase64Url(signature) } }
}

const signatureSchema = z.strictObject({
  algorithm: z.literal('Ed25519'),
  keyId: z.string().min(1).exactOptional(),
  publicKey: z.unknown().exactOptional(),
  certificatePath: z.unknown().exactOptional(),
  // 64 bytes leave four bits over, which must be zero: one signature, one spelling.
  value: z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/, 'expected 64 bytes in base64url without padding'),
})

/**
 * The one signature of `document`, and the bytes that it must cover.
 *
 * Refused by name: several signatures (`signers`, `chain`), members left out of the signature (`excludes`), extensions,
 * and every algorithm but Ed25519.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `NOT_CANONICALIZABLE`; CryptoError `ALGORITHM_UNSUPPORTED`
 */
export function openJsf(document: JsonObject): JsfSignature {
  const found = document.signature
  if (isObject(found)) {
    for (const member of ['signers', 'chain', 'excludes', 'extensions']) {
      if (Object.hasOwn(found, member)) throw refused(`signature.${member}`, 'one plain signature', member)
    }
    if (typeof found.algorithm === 'string' && found.algorithm !== 'Ed25519') {
      throw new CryptoError(
        'ALGORITHM_UNSUPPORTED',
        `signature: expected Ed25519, got ${found.algorithm.slice(0, 64)}`,
        {
          algorithm: found.algorithm,
        },
      )
    }
  }
  const { value, ...head } = parseWith(signatureSchema, found, 'signature')
  const { keyId, publicKey, certificatePath } = head
  return {
    ...(keyId === undefined ? {} : { keyId }),
    embedsKey: publicKey !== undefined || certificatePath !== undefined,
    signature: fromBase64(value),
    message: canonicalizeJson({ ...document, signature: head }),
  }
}

function refused(path: string, expected: string, got: string): ParseError {
  return new ParseError('DOCUMENT_INVALID', `JSF: ${path}: expected ${expected}, got ${got}`, {
    document: 'JSF',
    problems: [{ path, expected, got }],
  })
}
