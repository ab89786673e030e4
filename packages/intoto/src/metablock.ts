/** Metablock: the file form that every in-toto verifier reads. @module */

import {
  fromHex,
  markVerified,
  MAX_SIGNATURES,
  parseJson,
  parseWith,
  toHex,
  utf8Encode,
  type EnvelopeSignature,
  type ExactJsonObject,
  type PublicKey,
  type Signer,
  type Verified,
} from '@aibomgen/core'
import * as z from 'zod'

import { serializeLayout, type Layout } from './layout.ts'
import { serializeLink, withLinkDefaults, type Link } from './link.ts'
import { canonicalizeOlpc, serializeOlpcJson } from './olpc-canonical-json.ts'
import { assertSignedBy } from './signatures.ts'
import { openObject } from './signed-model.ts'

/** A Metablock as it was read. Nothing in it is verified. */
export interface Metablock {
  /** The signed object with nothing dropped: a link or a layout. */
  readonly signed: ExactJsonObject
  /** OpenPGP signatures, which nobody here can verify, are left out. */
  readonly signatures: readonly EnvelopeSignature[]
}

/** How a Metablock is signed. */
export interface MetablockOptions {
  /** Lists each signature a second time, under the key's legacy keyid: in-toto 1.x looks for an owner under no other. */
  readonly legacyKeyids?: boolean
}

/** How large a link or layout file may be. */
export const MAX_METADATA_BYTES: number = 64 * 1024 * 1024

const signatureSchema = z.union([
  z.object({ keyid: z.string(), sig: z.string().regex(/^(?:[0-9a-fA-F]{2})+$/, 'a signature in hex') }),
  z.object({ keyid: z.string(), signature: z.string(), other_headers: z.string() }),
])
const metablockSchema = z.object({ signed: openObject, signatures: z.array(signatureSchema).max(MAX_SIGNATURES) })

/**
 * The Metablock that `bytes` spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 * @see in-toto specification 1.0, section 4.2
 */
export function parseMetablock(bytes: Uint8Array, maxBytes: number = MAX_METADATA_BYTES): Metablock {
  return metablockFromJson(parseJson(bytes, { maxBytes, numbers: 'exact', document: 'Metablock' }))
}

/**
 * The Metablock in a JSON value that was parsed already, with exact numbers.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function metablockFromJson(value: unknown, document = 'Metablock'): Metablock {
  const { signed, signatures } = parseWith(metablockSchema, value, document)
  return {
    signed,
    signatures: signatures.flatMap((signature) =>
      'sig' in signature ? [{ keyid: signature.keyid, signature: fromHex(signature.sig) }] : [],
    ),
  }
}

/**
 * The bytes that a Metablock's signatures cover: the canonical form of `signed`. A link's absent members count as empty,
 * as the reference implementation has it.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`
 */
export function metablockMessage(signed: ExactJsonObject): Uint8Array {
  return canonicalizeOlpc(signed._type === 'link' ? withLinkDefaults(signed) : signed)
}

/**
 * The file of a link or layout, signed by every signer: one line of JSON and a line feed, the same bytes for the same
 * facts and keys.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`; CryptoError `SIGNING_FAILED`
 */
export async function signMetablock(
  document: Link | Layout,
  signers: readonly Signer[],
  { legacyKeyids = false }: MetablockOptions = {},
): Promise<Uint8Array> {
  const signed = document._type === 'link' ? serializeLink(document) : serializeLayout(document)
  const message = canonicalizeOlpc(signed)
  const signatures = await Promise.all(
    signers.map(async (signer) => {
      const { keyid, legacyKeyid } = signer.publicKey
      const sig = toHex(await signer.sign(message))
      return legacyKeyids
        ? [
            { keyid, sig },
            { keyid: legacyKeyid, sig },
          ]
        : [{ keyid, sig }]
    }),
  )
  return utf8Encode(`${serializeOlpcJson({ signatures: signatures.flat(), signed })}\n`)
}

/**
 * The signed object, once enough of `keys` have signed it. One key counts once, whatever keyids it signed under;
 * signatures by other keys are passed over.
 *
 * @param keys - held by the verifier before it saw the file
 * @throws VerificationError `SIGNATURE_THRESHOLD`; ParseError `NOT_CANONICALIZABLE`
 */
export async function verifyMetablockSignatures(
  metablock: Metablock,
  keys: readonly PublicKey[],
  threshold: number,
): Promise<Verified<ExactJsonObject>> {
  const message = metablockMessage(metablock.signed)
  await assertSignedBy(message, metablock.signatures, keys, { threshold, subject: 'Metablock' })
  return markVerified(metablock.signed)
}
