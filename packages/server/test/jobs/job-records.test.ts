/** Jobs on record, on both databases: submitted whole or not at all, found, counted, cancelled, deleted. @module */

import { sha256Hex, utf8Encode } from '@aibomgen/core'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { claimJob, publishAttempt, recordAttempt } from '../../src/jobs/attempts.ts'
import type { Database } from '../../src/jobs/database.ts'
import {
  deleteFiles,
  findJob,
  findReleasesBySha256,
  listJobs,
  requestCancel,
  selectHeld,
  submitRecord,
} from '../../src/jobs/job-records.ts'
import { queueDepth } from '../../src/jobs/queue.ts'
import { KINDS, open, type DatabaseSource } from './databases.ts'
import { makeJob, makeRelease, makeRun } from './made-jobs.ts'

describe.each(KINDS)('jobs on $title', ({ skip, start }) => {
  let source: DatabaseSource
  let database: Database

  beforeAll(async () => {
    if (skip !== undefined) return
    source = await start()
    database = await open(await source.create())
  })
  afterAll(async () => {
    await database?.close()
    await source?.[Symbol.asyncDispose]()
  })

  const submit = (owner: string, quota?: number, priority = 0) =>
    submitRecord(database, { job: makeJob(), owner, priority, ...(quota === undefined ? {} : { quota }) })

  it.skipIf(skip)('gives back exactly what was submitted', async () => {
    const job = makeJob()
    const submitted = await submitRecord(database, { job, owner: 'ada', priority: 3 })
    expect(submitted).toMatchObject({ ...job, owner: 'ada', state: 'queued', attempt: 0, priority: 3 })
    expect(await findJob(database, job.id)).toEqual(submitted)
    expect(await findJob(database, crypto.randomUUID())).toBeUndefined()
    expect(await findJob(database, "'; DROP TABLE jobs; --")).toBeUndefined()
  })

  it.skipIf(skip)('keeps neither record nor queue entry of a submission that fails half-way', async () => {
    const job = makeJob()
    await submitRecord(database, { job, owner: 'ada', priority: 0 })
    const { waiting } = (await queueDepth(database)).train
    await expect(submitRecord(database, { job, owner: 'ada', priority: 0 })).rejects.toThrow()
    expect((await queueDepth(database)).train.waiting).toBe(waiting)

    const other = makeJob()
    const failing: Database = {
      ...database,
      transact: (work) =>
        database.transact(async (transaction) => {
          await work(transaction)
          throw new Error('the process dies before the commit')
        }),
    }
    await expect(submitRecord(failing, { job: other, owner: 'ada', priority: 0 })).rejects.toThrow('dies')
    expect(await findJob(database, other.id)).toBeUndefined()
    expect((await queueDepth(database)).train.waiting).toBe(waiting)
  })

  it.skipIf(skip)('holds an owner to a quota, also when they submit at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => submit('greedy', 3)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    const [refused] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    expect(refused).toMatchObject({ code: 'QUOTA_EXCEEDED', detail: { limit: 3, actual: 3 } })
    await expect(submit('modest', 3)).resolves.toMatchObject({ state: 'queued' })
    const [first] = await listJobs(database, { owner: 'greedy', limit: 1 })
    await requestCancel(database, first?.id ?? '')
    await expect(submit('greedy', 3)).resolves.toMatchObject({ state: 'queued' })
  })

  it.skipIf(skip)('lists the jobs of one owner page by page, each once', async () => {
    const ids = new Set<string>()
    for (let count = 0; count < 5; count++) ids.add((await submit('reader')).id)
    const first = await listJobs(database, { owner: 'reader', limit: 3 })
    const last = first.at(-1)
    const second = await listJobs(database, { owner: 'reader', limit: 3, ...(last ? { before: last } : {}) })
    expect([...first, ...second].map(({ id }) => id).sort()).toEqual([...ids].sort())
    expect(await listJobs(database, { owner: 'reader', state: 'failed', limit: 3 })).toEqual([])
  })

  it.skipIf(skip)('cancels a queued job at once, and no ended one', async () => {
    const { id } = await submit('ada')
    expect(await requestCancel(database, id)).toMatchObject({ state: 'cancelled', endedAt: expect.any(String) })
    expect(await claimJob(database, id, 'worker')).toBeUndefined()
    const { endedAt } = (await findJob(database, id)) ?? {}
    expect(await requestCancel(database, id)).toMatchObject({ state: 'cancelled', endedAt })
    await expect(requestCancel(database, crypto.randomUUID())).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
    await expect(requestCancel(database, 'nonsense')).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  })

  it.skipIf(skip)('finds the releases that speak of a file, also once it was deleted', async () => {
    const job = makeJob()
    await submitRecord(database, { job, owner: 'ada', priority: 0 })
    const model = job.inputs['inputs/model'].sha256
    const trained = sha256Hex(utf8Encode(`trained ${job.id}`))
    expect(await findReleasesBySha256(database, model)).toEqual([])
    await expect(deleteFiles(database, job.id)).rejects.toMatchObject({ code: 'JOB_STATE' })

    const claimed = await claimJob(database, job.id, 'worker')
    const attempt = { jobId: job.id, attempt: claimed?.attempt ?? 0 }
    const release = makeRelease(job)
    const { index, files } = release
    await recordAttempt(database, attempt, makeRun(job), { files: release.files.slice(0, 1) })
    await publishAttempt(database, attempt, release)
    for (const digest of [model, trained, release.index.sha256]) {
      expect((await findReleasesBySha256(database, digest)).map(({ id }) => id)).toEqual([job.id])
    }
    expect(await selectHeld(database, [model, trained])).toEqual(new Set([model, trained]))
    expect(await deleteFiles(database, job.id)).toMatchObject({
      filesDeletedAt: expect.any(String),
      release: { index, files },
    })
    expect(await selectHeld(database, [model, trained, release.index.sha256])).toEqual(new Set([release.index.sha256]))
    expect(await findReleasesBySha256(database, model)).toHaveLength(1)
  })

  it.skipIf(skip)('lets no state contradict itself, whoever writes it', async () => {
    const { id } = await submit('ada')
    for (const state of ['completed', 'failed', 'cancelled', 'nonsense']) {
      await expect(database.db.execute(sql`UPDATE jobs SET state = ${state} WHERE id = ${id}`)).rejects.toThrow()
    }
    expect(await findJob(database, id)).toMatchObject({ state: 'queued' })
  })
})
