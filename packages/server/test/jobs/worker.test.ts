/** Jobs through worker and issuer, with real trainings, on both databases. @module */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ArtifactError, collectBytes, utf8Decode, type ArtifactStore } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findRecordedAttempt } from '../../src/jobs/attempts.ts'
import type { Database } from '../../src/jobs/database.ts'
import { listEvents, watchEvents } from '../../src/jobs/events.ts'
import { runIssuer } from '../../src/jobs/issuer.ts'
import { findJob, requestCancel, submitRecord } from '../../src/jobs/job-records.ts'
import { readLog } from '../../src/jobs/logs.ts'
import type { JobEvent } from '../../src/jobs/job.ts'
import { queueDepth } from '../../src/jobs/queue.ts'
import { runWorker } from '../../src/jobs/worker.ts'
import { listWorkers } from '../../src/jobs/workers.ts'
import { KINDS, open, type DatabaseSource } from './databases.ts'
import { createPlatform, textFile, wineFile, type Platform } from './platform.ts'
import { untilEnded, untilEvent } from './until.ts'

describe.each(KINDS)('a worker and an issuer on $title', ({ skip, start }) => {
  let source: DatabaseSource
  let database: Database
  let directory: string
  let platform: Platform
  let outages = 0
  const stop = new AbortController()
  let working: Promise<unknown>

  /** A store that fails as often as `outages` says. */
  const unreliable = (store: ArtifactStore): ArtifactStore => ({
    open: (digest, range) => (fails() ? Promise.reject(outage()) : store.open(digest, range)),
    put: (bytes, options) => store.put(bytes, options),
    has: (digest) => store.has(digest),
    list: () => store.list(),
    delete: (digest) => store.delete(digest),
  })
  const fails = (): boolean => outages > 0 && outages-- > 0
  const outage = (): ArtifactError =>
    new ArtifactError('STORE_UNAVAILABLE', 'the store is away', { reason: 'ECONNREFUSED' })

  beforeAll(async () => {
    if (skip !== undefined) return
    directory = await mkdtemp(join(tmpdir(), 'server-test-'))
    source = await start()
    database = await open(await source.create())
    platform = await createPlatform(directory, unreliable)
    working = Promise.all([
      runWorker(platform.workerDeps(database), await platform.workerOptions(), stop.signal),
      runIssuer(platform.issuerDeps(database), { includeInputs: true }, stop.signal),
    ])
  })
  afterAll(async () => {
    stop.abort()
    await working
    await database?.close()
    await source?.[Symbol.asyncDispose]()
    if (directory !== undefined) await rm(directory, { recursive: true })
  })

  const submit = async (parameters = {}, dataset = wineFile('dataset', 'wine.csv')): Promise<string> => {
    const job = await platform.submitWine(parameters, dataset)
    return (await submitRecord(database, { job, owner: 'ada', priority: 0 })).id
  }

  it.skipIf(skip)('make a release, and tell how it came about', async () => {
    const id = await submit({ epochs: 2 })
    const job = await untilEnded(database, id)
    expect(job).toMatchObject({ state: 'completed', attempt: 1, progress: { epoch: 2, epochs: 2 } })
    const names = job.release?.files.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['outputs/trained_model.keras', 'aibom.json', 'aibom.sig']))
    for (const file of job.release?.files ?? []) expect(await platform.store.has(file.sha256)).toBe(true)

    const events = await listEvents(database, id, 0, 100)
    expect(events.filter(({ type }) => type !== 'batch').map(({ type, data }) => data['state'] ?? type)).toEqual([
      'queued',
      'running',
      'started',
      'epoch',
      'epoch',
      'completed',
    ])
    const [, , third] = events
    const resumed: JobEvent[] = []
    const noLimit = new AbortController().signal
    for await (const event of watchEvents(database, id, third?.sequence ?? 0, noLimit)) resumed.push(event)
    expect(resumed).toEqual(events.slice(3))
    expect(await readLog(database, id)).toContain('epoch')
    expect(await listWorkers(database)).toMatchObject([{ backends: ['wasm'], isolation: { name: 'process' } }])
  })

  it.skipIf(skip)('keep code, message and log of a job that fails by itself, and try it once', async () => {
    const text = utf8Decode(await collectBytes(wineFile('dataset', '').open(), 1e6))
    const id = await submit({}, textFile('wine.csv', text.replace('14.38', 'fourteen')))
    const job = await untilEnded(database, id)
    expect(job).toMatchObject({ state: 'failed', attempt: 1, failure: { code: 'DATASET_INVALID' } })
    expect(job.failure?.message).toContain('alcohol')
    expect(await readLog(database, id)).toContain('alcohol')
    expect(job.release).toBeUndefined()
  })

  it.skipIf(skip)('try again what fails for reasons of the infrastructure', async () => {
    const job = await platform.submitWine()
    outages = 1
    const { id } = await submitRecord(database, { job, owner: 'ada', priority: 0 })
    const retry = await untilEvent(database, id, ({ type }) => type === 'retry')
    expect(retry).toMatchObject({ attempt: 1, data: { code: 'STORE_UNAVAILABLE' } })
    expect(await untilEnded(database, id)).toMatchObject({ state: 'completed', attempt: 2 })
  })

  it.skipIf(skip)('stop a running job within a batch', async () => {
    const id = await submit({ epochs: 100_000 })
    await untilEvent(database, id, ({ type }) => type === 'epoch')
    expect(await requestCancel(database, id)).toMatchObject({ state: 'running', cancelRequestedAt: expect.any(String) })
    expect(await untilEnded(database, id)).toMatchObject({ state: 'cancelled', attempt: 1 })
  })

  it.skipIf(skip)('finish what they have when they are asked to stop, and leave the rest', async () => {
    const [current, next] = [await submit({ epochs: 20 }), await submit()]
    await untilEvent(database, current, ({ type }) => type === 'started')
    stop.abort()
    await working
    expect(await findRecordedAttempt(database, current)).toMatchObject({ jobId: current, attempt: 1 })
    expect(await findJob(database, next)).toMatchObject({ state: 'queued', attempt: 0 })
    expect(await listWorkers(database)).toEqual([])
    await requestCancel(database, next)
    expect(await requestCancel(database, current)).toMatchObject({ state: 'cancelled' })
  })

  it.skipIf(skip)('hand a job back that they have no time to finish', async () => {
    const id = await submit({ epochs: 100_000 })
    const hurried = new AbortController()
    const options = await platform.workerOptions({ graceSeconds: 0 })
    const run = runWorker(platform.workerDeps(database), options, hurried.signal)
    await untilEvent(database, id, ({ type }) => type === 'epoch')
    hurried.abort()
    await run
    expect(await findJob(database, id)).toMatchObject({ state: 'queued', attempt: 1 })
    expect(await queueDepth(database)).toMatchObject({ train: { waiting: 1, active: 0 } })
  })
})
