/** An input is swapped between submission and training. SPEC section 9, line 5: the original hashed inputs after training. @module */

import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FsArtifactStore } from '@aibomgen/storage/fs'
import { describe, expect, it } from 'vitest'

import { runTrainingJob, type SubmittedJob } from '../../src/index.ts'
import { createPlatform, createSigner, leftWorkspaces, runOptions, submitWine, textFile } from '../platform.ts'

describe('an input that is swapped after submission', () => {
  it('in the store, on disk: found before anything runs', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'swapped-'))
    const platform = await createPlatform(new FsArtifactStore(directory))
    const job = await submitWine(platform)
    const { sha256 } = job.inputs['inputs/dataset']
    const path = join(directory, 'blobs', sha256.slice(0, 2), sha256.slice(2))
    await chmod(path, 0o644)
    await writeFile(path, 'alcohol,label\n1,1\n')
    await expect(runTrainingJob(job, platform.deps, runOptions())).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' })
    expect(await leftWorkspaces(platform)).toEqual([])
  })

  it('in the job as it is handed to the worker: the receipt says another digest', async () => {
    const platform = await createPlatform()
    const job = await submitWine(platform)
    const other = await submitWine(platform, {}, { dataset: textFile('other.csv', 'alcohol,label\n1,1\n') })
    const swapped: SubmittedJob = {
      ...job,
      inputs: { ...job.inputs, 'inputs/dataset': other.inputs['inputs/dataset'] },
    }
    await expect(runTrainingJob(swapped, platform.deps, runOptions())).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      detail: { name: 'inputs/dataset' },
    })
  })

  it('with a receipt signed by somebody else: refused', async () => {
    const platform = await createPlatform()
    const stranger = await createPlatform(platform.deps.store)
    const signer = await createSigner('stranger')
    const job = await submitWine({ ...stranger, submitDeps: { ...platform.submitDeps, intakeSigner: signer } })
    await expect(runTrainingJob(job, platform.deps, runOptions())).rejects.toMatchObject({ code: 'LINK_INVALID' })
  })
})
