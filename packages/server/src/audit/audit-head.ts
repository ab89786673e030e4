/** The head of the audit log, signed: what a server cannot later deny to have written. @module */

import {
  canonicalizeJson,
  parseEnvelope,
  parseJson,
  parseTimestamp,
  parseWith,
  serializeEnvelope,
  sha256HexSchema,
  signEnvelope,
  URI_BASE,
  verifyEnvelope,
  type PublicKey,
  type Signer,
  type Timestamp,
} from '@aibomgen/core'
import * as z from 'zod'

import type { AuditHead } from './audit-entry.ts'

const AUDIT_HEAD_TYPE = `${URI_BASE}audit-head/v1`
const AUDIT_HEAD_PAYLOAD_TYPE = 'application/vnd.aibomgen.audit-head+json'
const MAX_HEAD_BYTES = 4096

/** A head, and when it was one. */
export interface DatedAuditHead extends AuditHead {
  readonly at: Timestamp
}

const headSchema = z.strictObject({
  _type: z.literal(AUDIT_HEAD_TYPE),
  at: z.string().transform((value) => parseTimestamp(value)),
  sequence: z.int().min(0),
  sha256: sha256HexSchema,
})

/** The head as a DSSE envelope, the bytes of its file. To be kept where the server's operators cannot reach it. */
export async function signAuditHead({ sequence, sha256, at }: DatedAuditHead, signer: Signer): Promise<Uint8Array> {
  const payload = canonicalizeJson({ _type: AUDIT_HEAD_TYPE, at, sequence, sha256 })
  return serializeEnvelope(await signEnvelope({ payloadType: AUDIT_HEAD_PAYLOAD_TYPE, payload }, [signer]))
}

/**
 * The head that one of `keys` signed.
 *
 * @param keys - held before, as the intake keys of a trust root are
 * @throws VerificationError `SIGNATURE_THRESHOLD`, `PAYLOAD_TYPE_MISMATCH`; ParseError for what is no head
 */
export async function verifyAuditHead(bytes: Uint8Array, keys: readonly PublicKey[]): Promise<DatedAuditHead> {
  const payload = await verifyEnvelope(parseEnvelope(bytes), keys, { payloadType: AUDIT_HEAD_PAYLOAD_TYPE })
  const document = 'audit head'
  const { sequence, sha256, at } = parseWith(
    headSchema,
    parseJson(payload, { maxBytes: MAX_HEAD_BYTES, document }),
    document,
  )
  return { sequence, sha256, at }
}
