/** What goes, and what stays: against uploads that run, and servers that keep house at the same time. */

import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { collectBytes, serializeJobRecord, utf8Encode, type ArtifactDescriptor, type Timestamp } from '@aibomgen/core'
import { FsArtifactStore } from '@aibomgen/storage/fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { AuditEvent } from '../../src/audit/audit-entry.ts'
import { claimJob, failAttempt } from '../../src/jobs/attempts.ts'
import type { Database } from '../../src/jobs/database.ts'
import { findJob, submitRecord } from '../../src/jobs/job-records.ts'
import { keepHouse, type CollectibleStore } from '../../src/operation/housekeeping.ts'
import { takeLease } from '../../src/operation/leases.ts'
import { KINDS, open, type DatabaseSource } from '../jobs/databases.ts'
import { makeJob } from '../jobs/made-jobs.ts'

const never = new AbortController().signal
const GRACE = { graceSeconds: 3600 }
const SECONDS_OLD = 7200

describe.each(KINDS)('housekeeping on $title', ({ skip, start }) => {
  let source: DatabaseSource
  let database: Database
  let directory: string
  let store: FsArtifactStore
  const events: AuditEvent[] = []
  const audit = { record: async (event: AuditEvent) => void events.push(event) }

  beforeAll(async () => {
    if (skip !== undefined) return
    source = await start()
    database = await open(await source.create())
    directory = await mkdtemp(join(tmpdir(), 'aibomgen-store-'))
    store = new FsArtifactStore(directory)
  })
  afterAll(async () => {
    if (skip !== undefined) return
    await database.close()
    await source[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  })

  async function put(content: string, secondsOld = 0): Promise<ArtifactDescriptor> {
    const bytes = utf8Encode(content)
    const stored = await store.put(new Blob([bytes]).stream(), { maxBytes: bytes.length })
    const at = new Date(Date.now() - secondsOld * 1000)
    await utimes(join(directory, 'blobs', stored.sha256.slice(0, 2), stored.sha256.slice(2)), at, at)
    return { name: content, ...stored }
  }

  /** A job whose files are in the store, put long ago. */
  async function submitOld(): Promise<{ id: string; files: readonly ArtifactDescriptor[] }> {
    const job = makeJob()
    const contents = [...['model', 'dataset', 'definition'].map((role) => `${role} ${job.id}`)]
    const files = await Promise.all(contents.map((content) => put(content, SECONDS_OLD)))
    await submitRecord(database, { job, owner: 'ada', priority: 0 })
    return { id: job.id, files }
  }

  it.skipIf(skip !== undefined)('takes what nobody holds and is old, and nothing else', async () => {
    const { files } = await submitOld()
    const young = await put(`young ${crypto.randomUUID()}`)
    const old = await put(`old ${crypto.randomUUID()}`, SECONDS_OLD)
    const dry = await keepHouse({ database, store, audit }, { ...GRACE, dryRun: true }, never)
    expect(dry).toMatchObject({ artifactsDeleted: 1, bytesDeleted: old.sizeBytes })
    expect(await store.has(old.sha256)).toBe(true)

    expect(await keepHouse({ database, store, audit }, GRACE, never)).toMatchObject({ artifactsDeleted: 1 })
    expect(await store.has(old.sha256)).toBe(false)
    for (const { sha256 } of [young, ...files]) expect(await store.has(sha256)).toBe(true)
  })

  it.skipIf(skip !== undefined)(
    'lets go of the files of jobs past their time, keeps their evidence, and says so',
    async () => {
      const { id, files } = await submitOld()
      const claimed = await claimJob(database, id, 'worker')
      await failAttempt(database, { jobId: id, attempt: claimed?.attempt ?? 0 }, new Error('by itself'))
      const none = await keepHouse({ database, store, audit }, { ...GRACE, retentionDays: 1 }, never)
      expect(none.jobsExpired).toBe(0)

      const later: Database = {
        ...database,
        clock: { now: () => '2099-01-01T00:00:00Z' as Timestamp },
      }
      const dry = await keepHouse(
        { database: later, store, audit },
        { ...GRACE, retentionDays: 1, dryRun: true },
        never,
      )
      expect(dry.jobsExpired).toBe(1)
      expect((await findJob(database, id))?.filesDeletedAt).toBeUndefined()
      const done = await keepHouse({ database: later, store, audit }, { ...GRACE, retentionDays: 1 }, never)
      expect(done).toMatchObject({ jobsExpired: 1 })
      expect((await findJob(database, id))?.filesDeletedAt).toBeDefined()
      expect(events.at(-1)).toMatchObject({ action: 'job.expire', subject: id, principal: { id: 'the platform' } })
      const [model, , definition] = files
      expect(await store.has(model?.sha256 ?? missing('model'))).toBe(false)
      expect(await store.has(definition?.sha256 ?? missing('definition'))).toBe(true)
    },
  )

  it.skipIf(skip !== undefined)(
    'loses no submission whose files are put again while they are being collected',
    async () => {
      const jobs = Array.from({ length: 12 }, makeJob)
      for (const { id } of jobs)
        for (const role of ['model', 'dataset', 'definition']) await put(`${role} ${id}`, SECONDS_OLD)
      // An adversary's store: what is about to be deleted is put again, and submitted, in the very moment before.
      const submissions: Promise<string>[] = []
      const moving: CollectibleStore = Object.assign(Object.create(store), {
        list: () => store.list(),
        has: (sha256: never) => store.has(sha256),
        storedAt: (sha256: never) => store.storedAt(sha256),
        async delete(sha256: never) {
          const text = new TextDecoder().decode(await collectBytes(await store.open(sha256), 1024))
          const job = jobs.find(({ id }) => text.endsWith(id))
          if (job !== undefined && text.startsWith('model')) {
            for (const role of ['model', 'dataset', 'definition']) await put(`${role} ${job.id}`)
            const record = Uint8Array.from(serializeJobRecord(job.record))
            await store.put(new Blob([record]).stream(), { maxBytes: record.length })
            submissions.push(
              submitRecord(database, { job, owner: 'ada', priority: 0, store }).then(
                () => 'on record',
                (error: { code: string }) => error.code,
              ),
            )
          }
          await store.delete(sha256)
        },
      })
      const reports = await Promise.all([1, 2].map(() => keepHouse({ database, store: moving, audit }, GRACE, never)))
      const ends = await Promise.all(submissions)
      expect(ends.length).toBeGreaterThan(0)
      expect(reports.some(({ artifactsDeleted }) => artifactsDeleted > 0)).toBe(true)
      // Refused, to be tried again; or on record, and then everything is there.
      for (const end of ends) expect(['on record', 'STORE_UNAVAILABLE']).toContain(end)
      for (const job of jobs) {
        if ((await findJob(database, job.id)) === undefined) continue
        for (const { sha256 } of Object.values(job.inputs)) expect(await store.has(sha256)).toBe(true)
      }
    },
  )

  it.skipIf(skip !== undefined)('is one process’s at a time', async () => {
    const lease = { name: 'a lease', seconds: 3600 }
    const taken = await Promise.all(['a', 'b', 'c'].map((holder) => takeLease(database, { ...lease, holder })))
    expect(taken.filter(Boolean)).toHaveLength(1)
    const holder = ['a', 'b', 'c'][taken.indexOf(true)] ?? ''
    expect(await takeLease(database, { ...lease, holder })).toBe(true)
    expect(await takeLease(database, { name: 'over', holder: 'a', seconds: 0 })).toBe(true)
  })
})

function missing(what: string): never {
  throw new Error(`there is a ${what}`)
}
