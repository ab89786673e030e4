/** Attempts: of any number of workers and issuers one counts, and the others are refused. On both databases. @module */

import { TrainingError, utf8Encode } from '@aibomgen/core'
import type { SubmittedJob } from '@aibomgen/pipeline'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  buryJob,
  claimJob,
  failAttempt,
  findRecordedAttempt,
  noteRetry,
  publishAttempt,
  recordAttempt,
  reportNews,
  reviveJob,
  type Attempt,
} from '../../src/jobs/attempts.ts'
import type { Database } from '../../src/jobs/database.ts'
import { findJob, requestCancel, submitRecord } from '../../src/jobs/job-records.ts'
import { readLog } from '../../src/jobs/logs.ts'
import { queueDepth } from '../../src/jobs/queue.ts'
import { serveQueue } from '../../src/jobs/serve-queue.ts'
import { KINDS, open, type DatabaseSource } from './databases.ts'
import { makeJob, makeRelease, makeRun } from './made-jobs.ts'
import { untilEnded } from './until.ts'

const NOTHING = { events: [], log: new Uint8Array() }

describe.each(KINDS)('attempts on $title', ({ skip, start }) => {
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

  const submit = async (priority = 0): Promise<SubmittedJob> => {
    const job = makeJob()
    await submitRecord(database, { job, owner: 'ada', priority })
    return job
  }
  const claim = async ({ id }: SubmittedJob): Promise<Attempt> => {
    const claimed = await claimJob(database, id, 'worker')
    return { jobId: id, attempt: claimed?.attempt ?? Number.NaN }
  }

  it.skipIf(skip)('refuse everything from a worker that was thought dead and comes back', async () => {
    const job = await submit()
    const [lost, current] = [await claim(job), await claim(job)]
    expect([lost.attempt, current.attempt]).toEqual([1, 2])
    const superseded = { code: 'ATTEMPT_SUPERSEDED', detail: { jobId: job.id, attempt: 1 } }
    await expect(reportNews(database, lost, NOTHING)).rejects.toMatchObject(superseded)
    await expect(recordAttempt(database, lost, makeRun(job), { files: [] })).rejects.toMatchObject(superseded)
    await expect(publishAttempt(database, lost, makeRelease(job))).rejects.toMatchObject(superseded)
    await expect(failAttempt(database, lost, new Error('late'))).rejects.toMatchObject(superseded)
    await recordAttempt(database, current, makeRun(job), { files: makeRelease(job).files })
    await expect(publishAttempt(database, lost, makeRelease(job))).rejects.toMatchObject(superseded)
    expect(await findJob(database, job.id)).toMatchObject({ state: 'running', attempt: 2 })
  })

  it.skipIf(skip)('publish one release, however many issuers come with one', async () => {
    const job = await submit()
    const attempt = await claim(job)
    await recordAttempt(database, attempt, makeRun(job), { files: makeRelease(job).files })
    const recorded = await findRecordedAttempt(database, job.id)
    expect(recorded).toMatchObject({ ...attempt, run: makeRun(job) })
    const releases = Array.from({ length: 5 }, (_, index) => ({
      ...makeRelease(job),
      index: { ...makeRelease(job).index, sizeBytes: index },
    }))
    const results = await Promise.allSettled(releases.map((release) => publishAttempt(database, attempt, release)))
    const winner = results.findIndex(({ status }) => status === 'fulfilled')
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await findJob(database, job.id))?.release?.index.sizeBytes).toBe(winner)
    expect(await claimJob(database, job.id, 'worker')).toBeUndefined()
  })

  it.skipIf(skip)('train no job again that awaits its issuer, and publish none that was cancelled there', async () => {
    const job = await submit()
    const attempt = await claim(job)
    await recordAttempt(database, attempt, makeRun(job), { files: makeRelease(job).files })
    expect(await claimJob(database, job.id, 'other')).toBeUndefined()
    expect(await requestCancel(database, job.id)).toMatchObject({ state: 'cancelled' })
    expect(await findRecordedAttempt(database, job.id)).toBeUndefined()
    await expect(publishAttempt(database, attempt, makeRelease(job))).rejects.toMatchObject({
      code: 'ATTEMPT_SUPERSEDED',
    })
    expect((await findJob(database, job.id))?.release).toBeUndefined()
  })

  it.skipIf(skip)('hear of a cancellation with their next news, and at the record', async () => {
    const job = await submit()
    const attempt = await claim(job)
    expect(await reportNews(database, attempt, NOTHING)).toEqual({ cancelRequested: false })
    await requestCancel(database, job.id)
    expect(await reportNews(database, attempt, NOTHING)).toEqual({ cancelRequested: true })
    await expect(recordAttempt(database, attempt, makeRun(job), { files: [] })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    // The worker dies before it says so: the next one does.
    expect(await claimJob(database, job.id, 'other')).toBeUndefined()
    expect(await findJob(database, job.id)).toMatchObject({ state: 'cancelled' })
  })

  it.skipIf(skip)('keep the log of every attempt, characters whole across pieces', async () => {
    const job = await submit()
    const bytes = utf8Encode('Käse\n')
    const first = await claim(job)
    await reportNews(database, first, { events: [], log: bytes.subarray(0, 2) })
    await reportNews(database, first, { events: [], log: bytes.subarray(2) })
    await reportNews(database, await claim(job), { events: [], log: utf8Encode('again\n') })
    expect(await readLog(database, job.id)).toBe('Käse\n[attempt 2]\nagain\n')
  })

  it.skipIf(skip)('make a dead letter of a job that fails at every attempt, which can be tried again', async () => {
    const job = await submit()
    await noteRetry(database, await claim(job), new TrainingError('CANCELLED', 'the store was away', {}))
    await buryJob(database, job.id)
    const buried = await findJob(database, job.id)
    expect(buried).toMatchObject({ state: 'failed', failure: { code: 'RETRIES_EXHAUSTED' } })
    expect(buried?.failure?.message).toContain('the store was away')
    const { waiting } = (await queueDepth(database)).train
    await reviveJob(database, job.id)
    expect(await findJob(database, job.id)).toMatchObject({ state: 'queued' })
    expect((await queueDepth(database)).train.waiting).toBe(waiting + 1)
    await expect(reviveJob(database, job.id)).rejects.toMatchObject({ code: 'JOB_STATE' })
  })

  it.skipIf(skip)(
    'come in the order of priority, then of submission',
    async () => {
      await database.boss.deleteAllJobs('train')
      const jobs = [await submit(0), await submit(5), await submit(0), await submit(9), await submit(5)]
      const order: string[] = []
      const stop = new AbortController()
      await serveQueue(
        database,
        'train',
        async (jobId) => {
          order.push(jobId)
          if (order.length === jobs.length) stop.abort()
        },
        stop.signal,
      )
      expect(order).toEqual([3, 1, 4, 0, 2].map((index) => jobs[index]?.id))
    },
    30_000,
  )

  it.skipIf(skip)('end with the queue when it gives up', async () => {
    await database.boss.deleteAllJobs('train')
    const job = await submit()
    await database.db.execute(sql`UPDATE pgboss.job SET retry_limit = 0 WHERE name = 'train'`)
    const stop = new AbortController()
    const failing = serveQueue(database, 'train', () => Promise.reject(new Error('always')), stop.signal)
    expect(await untilEnded(database, job.id)).toMatchObject({ failure: { code: 'RETRIES_EXHAUSTED' } })
    stop.abort()
    await failing
  })
})
