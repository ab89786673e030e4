/** Servers that cannot be reached for a while, and clocks that are wrong: no job is lost, none ends by it. @module */

import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

import type { Timestamp } from '@aibomgen/core'
import { toTimestamp } from '@aibomgen/core'
import { S3ArtifactStore } from '@aibomgen/storage/s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createClient } from '../../../storage/test/s3/test-bucket.ts'
import { openDatabase, type Database } from '../../src/jobs/database.ts'
import { runIssuer } from '../../src/jobs/issuer.ts'
import { findJob, submitRecord } from '../../src/jobs/job-records.ts'
import { runWorker } from '../../src/jobs/worker.ts'
import { clock } from '../jobs/databases.ts'
import { createPlatform, type Platform } from '../jobs/platform.ts'
import { untilEnded, untilEvent } from '../jobs/until.ts'
import { inspectJob, noFaultPlatform, skippedFaults, startFaultPlatform, type FaultPlatform } from './fault-platform.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'

describe.skipIf(noFaultPlatform)(`with a worker and an issuer behind a network${skippedFaults}`, () => {
  let faults: FaultPlatform
  let toDatabase: TcpProxy
  let toStore: TcpProxy
  /** What worker and issuer have of the platform: everything through the proxies. */
  let database: Database
  let platform: Platform
  const errors: Error[] = []
  const onError = (error: Error): void => void errors.push(error)

  beforeAll(async () => {
    faults = await startFaultPlatform()
    toDatabase = await startTcpProxy(Number(new URL(faults.url).port))
    toStore = await startTcpProxy(Number(new URL(faults.bucket.endpoint).port))
    const url = new URL(faults.url)
    url.port = String(toDatabase.port)
    database = await openDatabase({ url: url.href }, { clock, onError })
    const client = createClient(`http://${toStore.host}:${toStore.port}`, { maxAttempts: 2 })
    platform = await createPlatform(faults.directory, () => new S3ArtifactStore({ ...faults.location, client }))
  }, 600_000)
  afterAll(async () => {
    await database?.close()
    await toDatabase?.[Symbol.asyncDispose]()
    await toStore?.[Symbol.asyncDispose]()
    await faults?.[Symbol.asyncDispose]()
  })

  async function working<T>(action: () => Promise<T>): Promise<T> {
    const stop = new AbortController()
    const work = Promise.all([
      runWorker(platform.workerDeps(database, onError), await platform.workerOptions(), stop.signal),
      runIssuer(platform.issuerDeps(database, onError), { includeInputs: true }, stop.signal),
    ])
    try {
      return await action()
    } finally {
      stop.abort()
      await work
    }
  }
  async function submit(parameters: Readonly<Record<string, unknown>>): Promise<string> {
    const job = await faults.platform.submitWine(parameters)
    return (await submitRecord(faults.database, { job, owner: 'ada', priority: 0 })).id
  }

  it('a job whose store is away when it has trained waits until the store is back', { timeout: 600_000 }, async () => {
    const id = await submit({ epochs: 60 })
    await working(async () => {
      await untilEvent(faults.database, id, ({ type }) => type === 'epoch')
      toStore.cut()
      await untilEvent(faults.database, id, ({ type }) => type === 'retry')
      expect(toStore.refused).toBeGreaterThan(0)
      expect(await findJob(faults.database, id)).toMatchObject({
        state: 'queued',
        failure: { code: 'STORE_UNAVAILABLE' },
      })
      expect(await inspectJob(faults, id)).toEqual({ published: 0, verdict: 'nothing to see' })
      toStore.heal()
      expect(await untilEnded(faults.database, id)).toMatchObject({ state: 'completed' })
    })
    expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
  })

  it('a job goes on when its database is away for a while under its training', { timeout: 600_000 }, async () => {
    const id = await submit({ epochs: 300 })
    await working(async () => {
      await untilEvent(faults.database, id, ({ type }) => type === 'epoch')
      errors.length = 0
      toDatabase.cut()
      // Both have noticed: the queue that polls, and the run that reports.
      while (toDatabase.refused < 5) await setTimeout(20)
      toDatabase.heal()
      expect(await untilEnded(faults.database, id)).toMatchObject({ state: 'completed' })
    })
    expect(errors.length).toBeGreaterThan(0)
    expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
  })

  describe('with a clock that is wrong', () => {
    const hours = (offset: number): { now: () => Timestamp } => ({
      now: () => toTimestamp(new Date(Date.now() + offset * 3_600_000)),
    })

    it.each([6, -6])('by %i hours, no worker and no issuer takes a job', { timeout: 600_000 }, async (offset) => {
      const id = await submit({})
      const wrong: Database = { ...database, clock: hours(offset) }
      const skewed = { code: 'CLOCK_SKEWED', detail: { maxSeconds: 60 } }
      const never = new AbortController().signal
      const options = await platform.workerOptions()
      await expect(runWorker(platform.workerDeps(wrong, onError), options, never)).rejects.toMatchObject(skewed)
      const issuing = runIssuer(platform.issuerDeps(wrong, onError), { includeInputs: true }, never)
      await expect(issuing).rejects.toMatchObject(skewed)
      expect(await findJob(faults.database, id)).toMatchObject({ state: 'queued', attempt: 0 })
      await working(() => untilEnded(faults.database, id))
      expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
    })

    it('from some moment on, a worker stops, and the job is another’s', { timeout: 600_000 }, async () => {
      let isWrong = false
      const turning: Database = { ...database, clock: { now: () => hours(isWrong ? -6 : 0).now() } }
      const never = new AbortController().signal
      const work = runWorker(platform.workerDeps(turning, onError), await platform.workerOptions(), never)
      const first = await submit({})
      while ((await findJob(faults.database, first))?.attempt !== 1) await setTimeout(20)
      isWrong = true
      const id = await submit({})
      await expect(work).rejects.toMatchObject({ code: 'CLOCK_SKEWED' })
      await faults.noticeDeaths()
      await working(() => untilEnded(faults.database, id))
      expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
    })

    const skip = process.platform === 'linux' && existsSync(FAKETIME) ? '' : ' (skipped: no libfaketime)'
    it.skipIf(skip !== '')(`as a whole process sees it${skip}, says so and ends`, { timeout: 600_000 }, async () => {
      const faked = ['env', `LD_PRELOAD=${FAKETIME}`, 'FAKETIME=-6h', 'FAKETIME_DONT_FAKE_MONOTONIC=1']
      const worker = await faults.start({ role: 'worker' }, faked)
      expect(await worker.ended).toBe(1)
      expect(worker.said()).toContain('CLOCK_SKEWED')
    })
  })
})
