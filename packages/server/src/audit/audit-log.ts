/** The audit log: appended to by any number of servers, one chain, never changed. @module */

import type { Clock } from '@aibomgen/core'
import { asc, desc, gt, sql } from 'drizzle-orm'

import type { Database, Transaction } from '../jobs/database.ts'
import {
  chainEntry,
  EMPTY_AUDIT_HEAD,
  headAfter,
  serializeAuditEntry,
  type AuditEvent,
  type AuditHead,
} from './audit-entry.ts'
import { auditEntries } from './audit-table.ts'

/** Any number, as long as nobody else takes an advisory lock of it. */
const AUDIT_LOCK = 416_202_612
/** Entries that are read, and at most written, at once. */
const PAGE = 500

/** Writes down what happened. */
export interface AuditLog {
  /**
   * Returns when the event is in the log for good: an answer that waits for it reveals nothing that is not written
   * down. Events that come while others are being written share one transaction.
   */
  record(event: AuditEvent): Promise<void>
}

interface Waiting {
  readonly event: AuditEvent
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The log of `database`. */
export function createAuditLog(database: Database): AuditLog {
  let waiting: Waiting[] = []
  let isWriting = false

  async function writeAll(): Promise<void> {
    isWriting = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, PAGE)
      waiting = waiting.slice(PAGE)
      try {
        await database.transact((transaction) =>
          appendAuditEvents(
            transaction,
            batch.map(({ event }) => event),
            database.clock,
          ),
        )
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isWriting = false
  }

  return {
    record: (event) =>
      new Promise((resolve, reject) => {
        waiting.push({ event, resolve, reject })
        if (!isWriting) void writeAll()
      }),
  }
}

/**
 * Appends events within a transaction of the caller's: what they tell of and that it is told happen together or not
 * at all. Other writers wait until the transaction ends, so it should be short, and do this last.
 */
export async function appendAuditEvents(
  transaction: Transaction,
  events: readonly AuditEvent[],
  clock: Clock,
): Promise<void> {
  if (events.length === 0) return
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`)
  let head = await readAuditHead(transaction)
  const at = clock.now()
  const rows = events.map((event) => {
    const entry = chainEntry(event, at, head)
    const line = serializeAuditEntry(entry)
    head = headAfter(entry, line)
    return { ...head, line }
  })
  await transaction.insert(auditEntries).values(rows)
}

/** Where the log ends now. Kept elsewhere, it is what a later export is held to. */
export async function readAuditHead(queries: Pick<Transaction, 'select'>): Promise<AuditHead> {
  const { sequence, sha256 } = auditEntries
  const [last] = await queries.select({ sequence, sha256 }).from(auditEntries).orderBy(desc(sequence)).limit(1)
  return last ?? EMPTY_AUDIT_HEAD
}

/** The log as JSON lines without line feeds, oldest first, from behind entry `after`. Read page by page. */
export async function* exportAuditLog(database: Database, after = 0): AsyncGenerator<string, void, undefined> {
  let last = after
  for (;;) {
    const page = await database.db
      .select()
      .from(auditEntries)
      .where(gt(auditEntries.sequence, last))
      .orderBy(asc(auditEntries.sequence))
      .limit(PAGE)
    for (const { sequence, line } of page) {
      yield line
      last = sequence
    }
    if (page.length < PAGE) return
  }
}
