/** in-toto attestation Statements: what is claimed about which artifacts, in a DSSE envelope. @module */

import {
  canonicalizeJson,
  parseEnvelope,
  parseJson,
  parseWith,
  serializeEnvelope,
  signEnvelope,
  verifyEnvelope,
  markVerified,
  ParseError,
  type JsonObject,
  type PublicKey,
  type Signer,
  type Verified,
} from '@aibomgen/core'
import * as z from 'zod'

import { subjectSchema, type Subject } from './resource-descriptor.ts'
import { IN_TOTO_PAYLOAD_TYPE } from './signed-file.ts'
import { openObject } from './signed-model.ts'

/** `_type` of a Statement. */
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'

/** A claim about artifacts. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE
  readonly subject: readonly Subject[]
  /** URI that says what `predicate` means. */
  readonly predicateType: string
  readonly predicate: JsonObject
}

// Members that the specification does not know are to be passed over, and everything here was signed as bytes.
const statementSchema = z.object({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(subjectSchema).min(1),
  predicateType: z.string().min(1),
  predicate: openObject.transform((predicate) => predicate as JsonObject).default({}),
})

/** How large a Statement may be. */
const MAX_STATEMENT_BYTES = 16 * 1024 * 1024

/**
 * The Statement that `bytes` spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 * @see in-toto attestation framework v1, Statement layer
 */
export function parseStatement(bytes: Uint8Array): Statement {
  return parseWith(
    statementSchema,
    parseJson(bytes, { maxBytes: MAX_STATEMENT_BYTES, document: 'Statement' }),
    'Statement',
  )
}

/** The Statement's bytes (RFC 8785). */
export function serializeStatement(statement: Statement): Uint8Array {
  return canonicalizeJson(statement)
}

/**
 * The file of a Statement: a DSSE envelope on one line, signed by every signer. One line each makes `.intoto.jsonl`.
 *
 * @throws CryptoError `SIGNING_FAILED`; ParseError `NOT_CANONICALIZABLE`
 */
export async function signStatement(statement: Statement, signers: readonly Signer[]): Promise<Uint8Array> {
  const payload = serializeStatement(statement)
  return serializeEnvelope(await signEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload }, signers))
}

/**
 * The Statement in an envelope's bytes, once `threshold` different keys of `keys` have signed it.
 *
 * @param keys - held by the verifier before it saw the envelope
 * @throws ParseError; VerificationError `PAYLOAD_TYPE_MISMATCH`, `SIGNATURE_THRESHOLD`
 */
export async function verifyStatement(
  bytes: Uint8Array,
  keys: readonly PublicKey[],
  threshold = 1,
): Promise<Verified<Statement>> {
  const envelope = parseEnvelope(bytes)
  const payload = await verifyEnvelope(envelope, keys, { payloadType: IN_TOTO_PAYLOAD_TYPE, threshold })
  return markVerified(parseStatement(payload))
}

/** The Statement that says this of `subject`. `predicate` is plain JSON. */
export function buildStatement(subject: readonly Subject[], predicateType: string, predicate: object): Statement {
  return { _type: STATEMENT_TYPE, subject, predicateType, predicate: predicate as JsonObject }
}

/**
 * What a Statement says, which has to be of this predicate type.
 *
 * @param document - what errors call the predicate
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function parsePredicate<T>(
  { predicateType, predicate }: Statement,
  expected: string,
  { schema, document }: { readonly schema: z.ZodType<T>; readonly document: string },
): T {
  if (predicateType !== expected) {
    const got = JSON.stringify(predicateType)
    throw new ParseError('DOCUMENT_INVALID', `Statement: expected predicate type ${expected}, got ${got}`, {
      document: 'Statement',
      problems: [{ path: 'predicateType', expected, got }],
    })
  }
  return parseWith(schema, predicate, document)
}
