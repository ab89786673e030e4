/** Jobs that fail: by themselves, on request, at a limit. SPEC section 9, line 11: the original reported success. @module */

import { collectBytes, concatBytes, utf8Decode } from '@aibomgen/core'
import { beforeEach, describe, expect, it } from 'vitest'

import { runTrainingJob } from '../src/index.ts'
import {
  createPlatform,
  leftWorkspaces,
  runOptions,
  submitWine,
  textFile,
  wineFile,
  type Platform,
} from './platform.ts'

let platform: Platform

beforeEach(async () => {
  platform = await createPlatform()
})

/** The definition and the data of the wine example, as text. */
async function wineText(role: 'dataset' | 'definition'): Promise<string> {
  return utf8Decode(await collectBytes(wineFile(role, '').open(), 1e6))
}

describe('a job that cannot be trained', () => {
  it('fails with the code of the reason, keeps its log, publishes nothing, leaves nothing', async () => {
    const text = await wineText('dataset')
    const files = { dataset: textFile('dataset.csv', text.replace('14.38', 'fourteen')) }
    const job = await submitWine(platform, {}, files)
    const logged: Uint8Array[] = []
    const stored = await listStored(platform)
    const options = runOptions({ onLog: (bytes) => logged.push(Uint8Array.from(bytes)) })
    await expect(runTrainingJob(job, platform.deps, options)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      detail: { row: 2, column: 'alcohol' },
    })
    expect(utf8Decode(concatBytes(...logged))).toContain('alcohol')
    expect(await listStored(platform)).toEqual(stored)
    expect(await leftWorkspaces(platform)).toEqual([])
  })

  it('is refused at submission when that needs no archive to be opened', async () => {
    const definition = await wineText('definition')
    const refused = (files: Parameters<typeof submitWine>[2], parameters = {}): unknown =>
      Promise.resolve()
        .then(() => submitWine(platform, parameters, files))
        .catch((error: unknown) => error)
    expect(await refused({ model: textFile('model.h5', 'x') })).toMatchObject({ code: 'FORMAT_UNSUPPORTED' })
    expect(await refused({ model: textFile('model.keras', 'x') })).toMatchObject({ code: 'FORMAT_UNSUPPORTED' })
    expect(await refused({ definition: textFile('d.yaml', `${definition}\nevil: 1\n`) })).toMatchObject({
      code: 'DEFINITION_INVALID',
    })
    expect(await refused({ definition: textFile('d.yaml', 'a: '.padEnd(300 * 1024)) })).toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
    expect(await refused({}, { epochs: 0 })).toMatchObject({ code: 'PARAMETER_INVALID' })
  })

  it('stops when it is cancelled', async () => {
    const job = await submitWine(platform, { epochs: 100_000 })
    const controller = new AbortController()
    const options = runOptions({ signal: controller.signal, onEvent: () => controller.abort() })
    await expect(runTrainingJob(job, platform.deps, options)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await leftWorkspaces(platform)).toEqual([])
  })

  it('stops at its wall-clock limit', async () => {
    const job = await submitWine(platform, { epochs: 100_000 })
    const options = runOptions()
    const limits = { ...options.limits, wallClockSeconds: 2 }
    await expect(runTrainingJob(job, platform.deps, { ...options, limits })).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
    })
  })
})

async function listStored({ deps }: Platform): Promise<readonly string[]> {
  const digests: string[] = []
  for await (const { sha256 } of deps.store.list()) digests.push(sha256)
  return digests.sort()
}
