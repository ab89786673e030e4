import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { parseChildMessage, type ChildMessage, type ParentMessage } from '../../src/child/protocol.ts'
import { noReferenceData } from '../reference-data.ts'
import { stageJob, type StagedJob } from './staged-job.ts'

const ENTRY = fileURLToPath(new URL('../../src/child/main.ts', import.meta.url))

/** What is done to a child at its first batch. */
type Disturbance = 'cancel' | 'SIGTERM' | 'disconnect'

interface Ended {
  readonly exitCode: number | null
  readonly log: string
  readonly messages: readonly ChildMessage[]
}

describe.skipIf(noReferenceData)(`the program of a training child${noReferenceData}`, () => {
  it('trains, tells its parent and prints its log', async () => {
    await using job = await stageJob('wine-csv', { epochs: 2 })
    const { exitCode, log, messages } = await runChild(job)
    expect(exitCode).toBe(0)
    expect(messages.at(0)?.type).toBe('started')
    expect(messages.at(-1)?.type).toBe('finished')
    expect(log).toMatch(/^job 123e4567.*: 142 rows to train on, 36 to validate on.*\nepoch 1\/2: .*\nepoch 2\/2: .*\n$/)
    expect(Object.keys(await job.digests())).toHaveLength(5)
  })

  it('works without a parent', async () => {
    await using job = await stageJob('wine-csv', { epochs: 1 })
    const child = spawn(process.execPath, [...NODE_OPTIONS, ENTRY, job.job, job.outputs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [log, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(exitCode).toBe(0)
    expect(log).toContain('epoch 1/1')
  })

  it.each<[Disturbance]>([['cancel'], ['SIGTERM'], ['disconnect']])('stops at once on %s', async (disturbance) => {
    await using job = await stageJob('wine-csv', { epochs: 100_000 })
    const { exitCode, log, messages } = await runChild(job, disturbance)
    expect(exitCode).toBe(1)
    expect(log).toContain('failed: CANCELLED')
    if (disturbance !== 'disconnect') expect(messages.at(-1)).toMatchObject({ type: 'failed', code: 'CANCELLED' })
    expect(await job.digests()).toEqual({})
  })

  it('tells why it failed, in parts', async () => {
    await using job = await stageJob('wine-csv')
    await job.replace('dataset', 'alcohol\nhigh\n')
    const { exitCode, log, messages } = await runChild(job)
    expect(exitCode).toBe(1)
    expect(messages).toMatchObject([{ type: 'failed', code: 'DATASET_INVALID', detail: { column: 'malic_acid' } }])
    expect(log).toContain('failed: DATASET_INVALID: data set: column "malic_acid"')
  })
})

const NODE_OPTIONS = ['--conditions=@aibomgen/source']

async function runChild(job: StagedJob, disturbance?: Disturbance): Promise<Ended> {
  const child = spawn(process.execPath, [...NODE_OPTIONS, ENTRY, 'inputs/job.json', 'outputs'], {
    cwd: job.directory,
    env: {},
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const messages: ChildMessage[] = []
  child.on('message', (value) => {
    const message = parseChildMessage(value)
    messages.push(message)
    if (message.type !== 'batch' || !child.connected) return
    if (disturbance === 'cancel') child.send({ type: 'cancel' } satisfies ParentMessage)
    else if (disturbance === 'SIGTERM') child.kill('SIGTERM')
    else if (disturbance === 'disconnect') child.disconnect()
  })
  if (child.stdout === null) throw new Error('no log')
  const [log, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return { exitCode, log, messages }
}
