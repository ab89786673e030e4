/** Submitting: inputs as files, and inputs that the store has already. @module */

import { ArtifactError } from '@aibomgen/core'
import { expect, it } from 'vitest'

import { parseTrainingJob, submitJob } from '../src/index.ts'
import { createPlatform, submitWine, wineFile, type Platform } from './platform.ts'

/** A file of the wine example that arrived in the store before it is submitted. */
async function storedFile(platform: Platform, role: 'model' | 'dataset' | 'definition', name: string) {
  return { name, stored: await platform.deps.store.put(wineFile(role, name).open(), { maxBytes: 2 ** 24 }) }
}

it('makes the same job of files and of what is in the store already', async () => {
  const platform = await createPlatform()
  const fromFiles = await submitWine(platform)
  const fromStore = await submitWine(
    platform,
    {},
    {
      model: await storedFile(platform, 'model', 'model.keras'),
      dataset: await storedFile(platform, 'dataset', 'dataset.csv'),
      definition: await storedFile(platform, 'definition', 'definition.yaml'),
    },
  )
  expect(fromStore.record.files).toEqual(fromFiles.record.files)
  expect(fromStore.record.parameters).toEqual(fromFiles.record.parameters)
})

it('refuses a stored model of a format that is not taken', async () => {
  const platform = await createPlatform()
  const files = {
    model: await storedFile(platform, 'dataset', 'model.keras'),
    dataset: await storedFile(platform, 'dataset', 'dataset.csv'),
    definition: await storedFile(platform, 'definition', 'definition.yaml'),
  }
  const job = parseTrainingJob({ parameters: {}, metadata: {}, files }, { seed: 7 })
  await expect(submitJob(job, platform.submitDeps)).rejects.toMatchObject({ code: 'FORMAT_UNSUPPORTED' })
})

it('says which stored input is not there', async () => {
  const platform = await createPlatform()
  const definition = await storedFile(platform, 'definition', 'definition.yaml')
  await platform.deps.store.delete(definition.stored.sha256)
  await expect(submitWine(platform, {}, { definition })).rejects.toThrow(ArtifactError)
})
