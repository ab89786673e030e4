/** Whether an exported audit log is the one that was written. @module */

import { ParseError, VerificationError } from '@aibomgen/core'

import {
  EMPTY_AUDIT_HEAD,
  headAfter,
  parseAuditEntry,
  serializeAuditEntry,
  type AuditEntry,
  type AuditHead,
} from './audit-entry.ts'

/** What the verifier knows from elsewhere. */
export interface AuditExpectations {
  /** The head of the part that was verified before, which these lines go on from. A whole log, unless said. */
  readonly after?: AuditHead
  /** A head that was seen before, or is published: the log must reach it, and have that very entry there. */
  readonly head?: AuditHead
}

/** What a log says, once it is known to be whole. */
export interface AuditLogReport {
  readonly entries: number
  /** Where it ends now: to be kept, and expected the next time. */
  readonly head: AuditHead
}

/**
 * How many entries the log has and where it ends, when each entry is in its place.
 *
 * Each line holds the SHA-256 of the one before. So an entry cannot be changed, taken out, put in or moved, but at the
 * end: only who knows the `head` from elsewhere can tell that the last entries are the ones that were written, and that
 * none behind them are gone. A log that was written anew from the start is found by the same means, and by no other.
 *
 * @param lines - the log as JSON lines, without line feeds; read once, in order, never held
 * @throws VerificationError `AUDIT_LOG_BROKEN` at the first line that is not what was written
 */
export async function verifyAuditLog(
  lines: Iterable<string> | AsyncIterable<string>,
  { after = EMPTY_AUDIT_HEAD, head: expected }: AuditExpectations = {},
): Promise<AuditLogReport> {
  let head = after
  let line = 0
  assertAgrees(head, expected, line)
  for await (const text of oneByOne(lines)) {
    line += 1
    const entry = parseLine(text, line)
    assertFollows(entry, head, line)
    head = headAfter(entry, text)
    assertAgrees(head, expected, line)
  }
  if (expected !== undefined && head.sequence < expected.sequence) {
    throw broken(line, 'truncated', `the log ends with entry ${head.sequence}, and had ${expected.sequence}`)
  }
  return { entries: line, head }
}

async function* oneByOne(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  yield* lines
}

function parseLine(text: string, line: number): AuditEntry {
  let entry: AuditEntry
  try {
    entry = parseAuditEntry(text)
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause
    throw broken(line, 'malformed', cause.message, cause)
  }
  if (serializeAuditEntry(entry) !== text) throw broken(line, 'malformed', 'expected canonical JSON')
  return entry
}

function assertFollows(entry: AuditEntry, head: AuditHead, line: number): void {
  const due = head.sequence + 1
  if (entry.sequence > due) throw broken(line, 'missing', `expected entry ${due}, got ${entry.sequence}`)
  if (entry.sequence < due) throw broken(line, 'reordered', `expected entry ${due}, got ${entry.sequence}`)
  if (entry.previous !== head.sha256) {
    throw broken(
      line,
      'changed',
      `entry ${entry.sequence} follows another entry ${head.sequence} than stands before it`,
    )
  }
}

/** An entry that is known from elsewhere must be this very one. */
function assertAgrees(head: AuditHead, expected: AuditHead | undefined, line: number): void {
  if (head.sequence === expected?.sequence && head.sha256 !== expected.sha256) {
    throw broken(line, 'changed', `entry ${head.sequence} is not the one that is known`)
  }
}

function broken(
  line: number,
  fault: 'malformed' | 'changed' | 'missing' | 'reordered' | 'truncated',
  reason: string,
  cause?: unknown,
): VerificationError {
  return new VerificationError('AUDIT_LOG_BROKEN', `audit log, line ${line}: ${reason}`, { line, fault }, { cause })
}
