import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { appendAuditEvents, createAuditLog, exportAuditLog, readAuditHead } from '../../src/audit/audit-log.ts'
import { parseAuditEntry, type AuditEvent } from '../../src/audit/audit-entry.ts'
import { auditEntries } from '../../src/audit/audit-table.ts'
import { verifyAuditLog } from '../../src/audit/verify-audit-log.ts'
import type { Database } from '../../src/jobs/database.ts'
import { movingClock } from '../moving-clock.ts'
import { noPostgres, startPostgres } from '../postgres.ts'
import { newDirectory, openTestDatabase } from '../test-database.ts'

const clock = movingClock()
const EVENT: AuditEvent = {
  principal: { id: 'alice', roles: ['user'], kind: 'oidc' },
  action: 'job.submit',
  subject: 'job 1',
  outcome: 'done',
  requestId: 'r1',
}

function eventsOf(server: string, count: number): AuditEvent[] {
  return Array.from({ length: count }, (_, index) => ({ ...EVENT, requestId: server, subject: `${server} ${index}` }))
}

async function readLog(database: Database, after?: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of exportAuditLog(database, after)) lines.push(line)
  return lines
}

interface Place extends AsyncDisposable {
  readonly databases: readonly Database[]
}

/** On PGlite, and on PostgreSQL through two servers of ours. */
const KINDS = [
  {
    kind: 'pglite',
    reason: undefined,
    open: async (): Promise<Place> => {
      const place = await newDirectory()
      const database = await openTestDatabase(place, clock)
      return {
        databases: [database],
        async [Symbol.asyncDispose]() {
          await database.close()
          await place[Symbol.asyncDispose]()
        },
      }
    },
  },
  {
    kind: 'postgres',
    reason: noPostgres,
    open: async (): Promise<Place> => {
      const server = await startPostgres()
      const url = await server.createDatabase()
      const databases = await Promise.all([openTestDatabase({ url }, clock), openTestDatabase({ url }, clock)])
      return {
        databases,
        async [Symbol.asyncDispose]() {
          await Promise.all(databases.map((database) => database.close()))
          await server[Symbol.asyncDispose]()
        },
      }
    },
  },
] as const

describe.each(KINDS)('the audit log on $kind', ({ reason, open }) => {
  describe.skipIf(reason !== undefined)(reason ?? 'writes', () => {
    let place: Place
    let database: Database

    beforeAll(async () => {
      place = await open()
      ;[database] = place.databases as [Database]
    })

    afterAll(() => place[Symbol.asyncDispose]())

    it('one chain, whichever servers write it and however many calls come at once', async () => {
      const logs = place.databases.flatMap((each) => [createAuditLog(each), createAuditLog(each)])
      await Promise.all(
        logs.flatMap((log, index) => eventsOf(`server ${index}`, 100).map((event) => log.record(event))),
      )
      const lines = await readLog(database)
      const head = await readAuditHead(database.db)
      expect(await verifyAuditLog(lines, { head })).toEqual({ entries: 100 * logs.length, head })
      const subjects = lines.map((line) => parseAuditEntry(line).subject)
      expect(new Set(subjects).size).toBe(subjects.length)
      const own = subjects.filter((subject) => subject.startsWith('server 0'))
      expect(own).toEqual(eventsOf('server 0', 100).map(({ subject }) => subject))
    })

    it('what happened in a transaction together with it, or not at all', async () => {
      const before = await readAuditHead(database.db)
      const failing = database.transact(async (transaction) => {
        await appendAuditEvents(transaction, [EVENT], clock)
        throw new Error('the job was not recorded')
      })
      await expect(failing).rejects.toThrow('the job was not recorded')
      expect(await readAuditHead(database.db)).toEqual(before)
      await database.transact((transaction) => appendAuditEvents(transaction, [EVENT, EVENT], clock))
      expect((await readAuditHead(database.db)).sequence).toBe(before.sequence + 2)
    })

    it('so that a part can be exported and verified from where the last one ended', async () => {
      const after = await readAuditHead(database.db)
      await createAuditLog(database).record({ ...EVENT, subject: 'latest' })
      const lines = await readLog(database, after.sequence)
      expect(lines.map((line) => parseAuditEntry(line).subject)).toEqual(['latest'])
      expect((await verifyAuditLog(lines, { after })).head).toEqual(await readAuditHead(database.db))
    })

    it('more entries than are read at once', async () => {
      const { sequence } = await readAuditHead(database.db)
      const log = createAuditLog(database)
      await Promise.all(eventsOf('many', 1100).map((event) => log.record(event)))
      expect(await readLog(database, sequence)).toHaveLength(1100)
    })

    it.each([
      ['changed', sql`UPDATE audit_entries SET line = '{}' WHERE sequence = 1`],
      ['deleted', sql`DELETE FROM audit_entries WHERE sequence = 1`],
      ['emptied', sql`TRUNCATE audit_entries`],
    ])('entries that cannot be %s', async (_, statement) => {
      await expect(database.db.execute(statement)).rejects.toMatchObject({
        cause: expect.objectContaining({ message: expect.stringContaining('append-only') }),
      })
      expect(await database.db.select().from(auditEntries).limit(1)).toHaveLength(1)
    })

    it('and tells each caller when its own event could not be written', async () => {
      const log = createAuditLog(database)
      await database.db.execute(sql`ALTER TABLE audit_entries RENAME TO lost`)
      const refused = await Promise.allSettled([log.record(EVENT), log.record(EVENT)])
      await database.db.execute(sql`ALTER TABLE lost RENAME TO audit_entries`)
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      await expect(log.record(EVENT)).resolves.toBeUndefined()
    })
  })
})
