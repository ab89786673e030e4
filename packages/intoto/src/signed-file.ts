/** A link or layout file in either of its two forms, Metablock or DSSE. @module */

import {
  envelopeFromJson,
  pae,
  parseJson,
  serializeEnvelope,
  signEnvelope,
  utf8Encode,
  VerificationError,
  type EnvelopeSignature,
  type ExactJsonValue,
  type Signer,
} from '@aibomgen/core'

import { serializeLayout, type Layout } from './layout.ts'
import { serializeLink, type Link } from './link.ts'
import { MAX_METADATA_BYTES, metablockFromJson, metablockMessage } from './metablock.ts'
import { serializeOlpcJson } from './olpc-canonical-json.ts'
import { isPlainObject } from './signed-model.ts'

/** DSSE payload type of links, layouts and Statements. */
export const IN_TOTO_PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** A signed file as it was read. Nothing in it is verified. */
export interface SignedFile {
  readonly form: 'metablock' | 'dsse'
  /** What is signed: a link or a layout, if it is anything. */
  readonly value: ExactJsonValue
  /** The bytes that the signatures cover. */
  readonly message: Uint8Array
  readonly signatures: readonly EnvelopeSignature[]
}

/**
 * The signed file that `bytes` spell. A file that is both is read as DSSE, as the reference implementation does.
 *
 * @param document - what the file is called in messages
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `ENCODING_INVALID`, `NOT_CANONICALIZABLE`;
 *   VerificationError `PAYLOAD_TYPE_MISMATCH`
 */
export function parseSignedFile(bytes: Uint8Array, document: string): SignedFile {
  const file = parseJson(bytes, { maxBytes: MAX_METADATA_BYTES, numbers: 'exact', document })
  if (!isPlainObject(file) || file.payload === undefined) {
    const { signed, signatures } = metablockFromJson(file, document)
    return { form: 'metablock', value: signed, message: metablockMessage(signed), signatures }
  }
  const { payloadType, payload, signatures } = envelopeFromJson(file)
  if (payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    const message = `${document}: expected payload type ${IN_TOTO_PAYLOAD_TYPE}, got ${JSON.stringify(payloadType)}`
    throw new VerificationError('PAYLOAD_TYPE_MISMATCH', message, {
      expected: IN_TOTO_PAYLOAD_TYPE,
      actual: payloadType,
    })
  }
  const value = parseJson(payload, { maxBytes: MAX_METADATA_BYTES, numbers: 'exact', document })
  return { form: 'dsse', value, message: pae(payloadType, payload), signatures }
}

/**
 * The file of a link or layout as a DSSE envelope, signed by every signer. in-toto 2.x reads it, 1.x does not.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`; CryptoError `SIGNING_FAILED`
 */
export async function signDsse(document: Link | Layout, signers: readonly Signer[]): Promise<Uint8Array> {
  const value = document._type === 'link' ? serializeLink(document) : serializeLayout(document)
  const payload = utf8Encode(serializeOlpcJson(value))
  return serializeEnvelope(await signEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload }, signers))
}
