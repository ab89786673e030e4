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
const NOTE_MILLISECONDS = 1000
const MAX_NOTED = 5000

/** Writes down what happened. */
export interface AuditLog {
  /**
   * Returns when the event is in the log for good: an answer that waits for it reveals nothing that is not written
   * down. Events that come while others are being written share one transaction.
   */
  record(event: AuditEvent): Promise<void>
  /**
   * Takes an event that changed nothing: it is written with others, within a second. So readers do not wait for a write
   * each. A process that is killed may lose the last second of these; one that stops writes them first. Returns at once,
   * unless so many wait to be written that the caller has to.
   */
  note(event: AuditEvent): Promise<void>
  /** Returns when all that was noted is in the log. */
  flush(): Promise<void>
}

interface Waiting {
  readonly event: AuditEvent
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The log of `database`.
 *
 * @param onError - takes why what was noted could not be written; that much is lost, and said to be
 */
export function createAuditLog(database: Database, onError: (error: unknown) => void = () => undefined): AuditLog {
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

  const record: AuditLog['record'] = (event) =>
    new Promise((resolve, reject) => {
      waiting.push({ event, resolve, reject })
      if (!isWriting) void writeAll()
    })

  let noted: AuditEvent[] = []
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const flush: AuditLog['flush'] = () => {
    clearTimeout(timer)
    timer = undefined
    const events = noted
    noted = []
    const written = Promise.all(events.map(record)).then(() => undefined, onError)
    writing = Promise.all([writing, written]).then(() => undefined)
    return writing
  }
  return {
    record,
    flush,
    async note(event) {
      noted.push(event)
      timer ??= setTimeout(() => void flush(), NOTE_MILLISECONDS)
      if (noted.length >= MAX_NOTED) await flush()
    },
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
