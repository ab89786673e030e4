/** Processes that are killed with -9, at each stage and between each two steps of publishing. @module */

import { setTimeout } from 'node:timers/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findRecordedAttempt } from '../../src/jobs/attempts.ts'
import { findJob, submitRecord } from '../../src/jobs/job-records.ts'
import { untilEnded, untilEvent } from '../jobs/until.ts'
import type { DeathPoint } from './fault-process.ts'
import { inspectJob, noFaultPlatform, skippedFaults, startFaultPlatform, type FaultPlatform } from './fault-platform.ts'

/** Documents of a release and its index: each is put into the store by itself. */
const PUBLISHED_FILES = 8

const workerDeaths: readonly (readonly [stage: string, point: DeathPoint, count: number])[] = [
  ['before training, with no input staged', 'open', 1],
  ['before training, with some inputs staged', 'open', 3],
  ['after training, with no output stored', 'put', 1],
  ['after training, with some outputs stored', 'put', 4],
  ['after training, with every output stored', 'sign', 1],
  ['while the run is put before the issuer', 'enqueue', 1],
  ['when the run is before the issuer, and the queue does not know yet', 'after-commit', 1],
]
const issuerDeaths: readonly (readonly [stage: string, point: DeathPoint, count: number])[] = [
  ['before anything is signed', 'issue', 1],
  ...Array.from({ length: PUBLISHED_FILES }, (_, index) => {
    return [`with ${index} of ${PUBLISHED_FILES} files of the release stored`, 'put', index + 1] as const
  }),
  ['with all of the release stored, and the job not told', 'before-commit', 1],
]

describe.skipIf(noFaultPlatform)(`kill -9${skippedFaults}`, () => {
  let faults: FaultPlatform
  beforeAll(async () => {
    faults = await startFaultPlatform()
  }, 600_000)
  afterAll(() => faults?.[Symbol.asyncDispose]())

  async function submit(parameters: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const job = await faults.platform.submitWine(parameters)
    return (await submitRecord(faults.database, { job, owner: 'ada', priority: 0 })).id
  }
  const nothingYet = { published: 0, verdict: 'nothing to see' }

  it('of a worker at each stage, one after the other, loses no job', { timeout: 1_800_000 }, async () => {
    const id = await submit()
    for (const [stage, point, count] of workerDeaths) {
      const worker = await faults.start({ role: 'worker', death: { point, count } })
      expect(await worker.ended, `${stage}: ${worker.said()}`).toBe('SIGKILL')
      expect(await inspectJob(faults, id), stage).toEqual(nothingYet)
      await faults.noticeDeaths()
    }
    const issuer = await faults.start({ role: 'issuer' })
    expect(await untilEnded(faults.database, id)).toMatchObject({ state: 'completed', attempt: workerDeaths.length })
    expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
    await issuer.kill()
  })

  it('of a worker that trains has the job trained again', { timeout: 1_800_000 }, async () => {
    const id = await submit({ epochs: 300 })
    const first = await faults.start({ role: 'worker' })
    await untilEvent(faults.database, id, ({ type }) => type === 'epoch')
    await first.kill()
    await faults.noticeDeaths()
    const [worker, issuer] = [await faults.start({ role: 'worker' }), await faults.start({ role: 'issuer' })]
    expect(await untilEnded(faults.database, id)).toMatchObject({ state: 'completed', attempt: 2 })
    expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
    await worker.kill()
    await issuer.kill()
  })

  it(
    'of an issuer between each two steps shows nothing, and one release in the end',
    { timeout: 1_800_000 },
    async () => {
      const id = await submit()
      const worker = await faults.start({ role: 'worker' })
      while ((await findRecordedAttempt(faults.database, id)) === undefined) await setTimeout(50)
      for (const [stage, point, count] of issuerDeaths) {
        const issuer = await faults.start({ role: 'issuer', death: { point, count } })
        expect(await issuer.ended, `${stage}: ${issuer.said()}`).toBe('SIGKILL')
        expect(await inspectJob(faults, id), stage).toEqual(nothingYet)
        expect(await findJob(faults.database, id), stage).toMatchObject({ state: 'running', attempt: 1 })
        await faults.noticeDeaths()
      }
      // Published, and dead before the queue knows: nobody publishes it again.
      const last = await faults.start({ role: 'issuer', death: { point: 'after-commit', count: 1 } })
      expect(await last.ended).toBe('SIGKILL')
      const published = await findJob(faults.database, id)
      expect(published).toMatchObject({ state: 'completed', attempt: 1 })
      await faults.noticeDeaths()
      const issuer = await faults.start({ role: 'issuer' })
      const another = await submit()
      await untilEnded(faults.database, another)
      expect(await findJob(faults.database, id)).toEqual(published)
      expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
      await worker.kill()
      await issuer.kill()
    },
  )

  it('of nobody, with two workers at once: each job is claimed by one', { timeout: 1_800_000 }, async () => {
    const roles = ['worker', 'worker', 'issuer', 'issuer'] as const
    const processes = await Promise.all(roles.map((role) => faults.start({ role })))
    const ids = await Promise.all(Array.from({ length: 6 }, () => submit()))
    for (const id of ids) {
      expect(await untilEnded(faults.database, id)).toMatchObject({ state: 'completed', attempt: 1 })
      expect(await inspectJob(faults, id)).toEqual({ published: 1, verdict: 'pass' })
    }
    for (const { kill } of processes) await kill()
  })
})
