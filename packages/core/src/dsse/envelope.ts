/** The DSSE envelope: a payload, its type, and signatures over both. @module */

import * as z from 'zod'

import { fromBase64, toBase64, utf8Encode } from '../bytes.ts'
import { parseJson, type JsonValue } from '../json.ts'
import { parseWith } from '../zod-problems.ts'

/** One signature. `keyid` is a hint that nothing vouches for: it says which key to try, never which key it was. */
export interface EnvelopeSignature {
  readonly keyid?: string | undefined
  readonly signature: Uint8Array
}

/** A DSSE envelope as it was read. Nothing in it is verified. */
export interface Envelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly signatures: readonly EnvelopeSignature[]
}

/** How large an envelope may be unless the caller says otherwise. */
export const MAX_ENVELOPE_BYTES: number = 64 * 1024 * 1024

/**
 * How many signatures a document may have. Each is checked against all of the document, which a stranger may have made
 * large: a thousand on 64 MiB would take minutes.
 */
export const MAX_SIGNATURES = 64

// DSSE: "consumers MUST ignore unrecognised fields". They are outside the signature and mean nothing to us.
const padded = z.string().refine((text) => text.length % 4 === 0, 'base64 with padding')
const envelopeSchema = z.object({
  payloadType: z.string().min(1),
  payload: padded,
  signatures: z
    .array(z.object({ keyid: z.string().optional(), sig: padded }))
    .min(1)
    .max(MAX_SIGNATURES),
})

/**
 * The envelope that `bytes` spell. Payload and signatures may be in standard or URL-safe base64, padded.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `ENCODING_INVALID`
 * @see DSSE protocol v1.0 and envelope v1.0
 */
export function parseEnvelope(bytes: Uint8Array, maxBytes: number = MAX_ENVELOPE_BYTES): Envelope {
  return envelopeFromJson(parseJson(bytes, { maxBytes, document: 'DSSE envelope' }))
}

/**
 * The envelope in a JSON value that was parsed already.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `ENCODING_INVALID`
 */
export function envelopeFromJson(value: unknown): Envelope {
  const { payloadType, payload, signatures } = parseWith(envelopeSchema, value, 'DSSE envelope')
  return {
    payloadType,
    payload: fromBase64(payload),
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, signature: fromBase64(sig) })),
  }
}

/** The envelope's bytes: one line of JSON and a line feed. */
export function serializeEnvelope(envelope: Envelope): Uint8Array {
  const document: JsonValue = {
    payloadType: envelope.payloadType,
    payload: toBase64(envelope.payload),
    signatures: envelope.signatures.map(({ keyid, signature }) => ({
      ...(keyid === undefined ? {} : { keyid }),
      sig: toBase64(signature),
    })),
  }
  return utf8Encode(`${JSON.stringify(document)}\n`)
}
