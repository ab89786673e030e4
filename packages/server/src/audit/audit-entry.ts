/** One entry of the audit log: who did what to what, when, how it ended; and which entry came before. @module */

import {
  canonicalizeJson,
  parseJson,
  parseTimestamp,
  parseWith,
  sha256Hex,
  sha256HexSchema,
  utf8Decode,
  utf8Encode,
  type Sha256Hex,
  type Timestamp,
} from '@aibomgen/core'
import * as z from 'zod'

import type { Principal } from '../auth/principal.ts'

/** How a call ended: it was done; it was not allowed, or asked for what is not there; it broke. */
export const AUDIT_OUTCOMES = ['done', 'refused', 'failed'] as const
/** One of the outcomes. */
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number]

/** Something that changed or revealed something. */
export interface AuditEvent {
  readonly principal: Principal
  /** What was done, as `noun.verb`: `job.submit`, `artifact.download`. */
  readonly action: string
  /** What it was done to: a job's id, an artifact's digest, a token's id. Empty where it was nothing in particular. */
  readonly subject: string
  readonly outcome: AuditOutcome
  /** The request's, as logs and answers name it. */
  readonly requestId: string
}

/** An entry as it stands in the log. */
export interface AuditEntry {
  /** 1 for the first, and one more for each: no gap. */
  readonly sequence: number
  readonly at: Timestamp
  /** The user's id. */
  readonly principal: string
  /** The API token that spoke for the user, by its id. */
  readonly tokenId?: string
  readonly action: string
  readonly subject: string
  readonly outcome: AuditOutcome
  readonly requestId: string
  /** SHA-256 of the line before; of nothing at all, 64 zeros. */
  readonly previous: Sha256Hex
}

/** Where a log ends: its last entry's number, and the SHA-256 of its line. Who knows it can tell whether any is gone. */
export interface AuditHead {
  readonly sequence: number
  readonly sha256: Sha256Hex
}

/** The head of a log without entries. */
export const EMPTY_AUDIT_HEAD: AuditHead = { sequence: 0, sha256: '0'.repeat(64) as Sha256Hex }

/** Longest line that is written or read, in bytes. */
const MAX_LINE_BYTES = 32_768
const MAX_TEXT = 600
/** What must never be written down, wherever a caller has put it: API tokens, and JWTs or their beginnings. */
const SECRETS = /aibomgen_[\w-]{8,}|eyJ[\w-]{8,}(?:\.[\w-]*)*/g

const text = z.string().max(MAX_TEXT)
const entrySchema = z.strictObject({
  sequence: z.int().min(1),
  at: z.string().transform((value) => parseTimestamp(value)),
  principal: text,
  tokenId: text.exactOptional(),
  action: text,
  subject: text,
  outcome: z.enum(AUDIT_OUTCOMES),
  requestId: text,
  previous: sha256HexSchema,
})

/** The entry for `event`, at `at`, behind the entry that `head` names. Texts are cut to 600 characters, secrets out. */
export function chainEntry(event: AuditEvent, at: Timestamp, head: AuditHead): AuditEntry {
  const { id, tokenId } = event.principal
  return {
    sequence: head.sequence + 1,
    at,
    principal: clean(id),
    ...(tokenId === undefined ? {} : { tokenId: clean(tokenId) }),
    action: clean(event.action),
    subject: clean(event.subject),
    outcome: event.outcome,
    requestId: clean(event.requestId),
    previous: head.sha256,
  }
}

/** The entry's line, without a line feed: JCS, and so the same wherever it is written. Its SHA-256 is the entry's. */
export function serializeAuditEntry(entry: AuditEntry): string {
  return utf8Decode(canonicalizeJson({ ...entry }))
}

/** The head of a log whose last entry is `entry`, on the line `line`. */
export function headAfter(entry: AuditEntry, line: string): AuditHead {
  return { sequence: entry.sequence, sha256: sha256Hex(utf8Encode(line)) }
}

/**
 * The entry that a line spells. Whether it is a true one only its place among the others can tell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`
 */
export function parseAuditEntry(line: string): AuditEntry {
  const document = 'audit entry'
  return parseWith(
    entrySchema,
    parseJson(utf8Encode(line), { maxBytes: MAX_LINE_BYTES, maxDepth: 1, document }),
    document,
  )
}

function clean(value: string): string {
  return value.toWellFormed().replace(SECRETS, '[secret]').slice(0, MAX_TEXT).toWellFormed()
}
