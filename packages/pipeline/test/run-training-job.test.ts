/** The whole road: submit, train in a real child, issue, publish, verify. @module */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { collectBytes, parseJobRecord, parseJson, type JsonObject } from '@aibomgen/core'
import { readAibomClaims } from '@aibomgen/bom'
import { MemoryArtifactStore } from '@aibomgen/storage/memory'
import { createBundleReader, parseEvidenceBundle, verifyRelease } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'
import { beforeAll, describe, expect, it } from 'vitest'

import { buildEvidenceBundle, runTrainingJob, writeReleaseDirectory, type Release } from '../src/index.ts'
import { createPlatform, leftWorkspaces, runOptions, submitWine, type Platform } from './platform.ts'

let platform: Platform
let release: Release

beforeAll(async () => {
  platform = await createPlatform()
  release = await runTrainingJob(await submitWine(platform), platform.deps, runOptions())
})

/** The release, written to a directory of its own. */
async function writeOut(name: string, written: Release = release): Promise<string> {
  const scratch = join(platform.scratch, `${name}-scratch`)
  await mkdir(scratch)
  const directory = join(platform.scratch, name)
  await writeReleaseDirectory(written, platform.deps.store, directory, scratch)
  return directory
}

describe('a training job', () => {
  it('ends as a release that verifies, as a directory', async () => {
    const reader = await openReleaseDirectory(await writeOut('whole'))
    const report = await verifyRelease(reader, { trustRoot: platform.trustRoot, clock: platform.clock })
    expect(report.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(report.verdict).toBe('pass')
    expect(report.subject).toMatchObject({ jobId: release.jobId })
  })

  it('ends as a bundle, which is evidence without the model', async () => {
    const bundle = parseEvidenceBundle(await buildEvidenceBundle(release, platform.deps.store))
    const report = await verifyRelease(createBundleReader(bundle), {
      trustRoot: platform.trustRoot,
      clock: platform.clock,
    })
    expect(report.verdict).toBe('evidence-only')
    expect(report.absent.toSorted()).toEqual([
      'inputs/dataset',
      'inputs/definition',
      'inputs/model',
      'outputs/trained_model.keras',
    ])
  })

  it('passes as a bundle with the model handed over apart, whatever it is called', async () => {
    const bundle = parseEvidenceBundle(await buildEvidenceBundle(release, platform.deps.store))
    const model = release.files.find(({ name }) => name === 'outputs/trained_model.keras')
    if (model === undefined) throw new Error('expected a model')
    const deps = { trustRoot: platform.trustRoot, clock: platform.clock }
    const report = await verifyRelease(createBundleReader(bundle), deps, { files: [{ ...model, name: 'x.bin' }] })
    expect(report.verdict).toBe('pass')
  })

  it('records every parameter, 0 as 0, and the seed that was drawn', async () => {
    const job = await submitWine(platform, { validation_split: 0, epochs: 1 })
    const zero = await runTrainingJob(job, platform.deps, runOptions())
    const record = zero.files.find(({ name }) => name === 'inputs/job.json')
    if (record === undefined) throw new Error('expected a job record')
    const bytes = await collectBytes(await platform.deps.store.open(record.sha256), 1e6)
    expect(parseJobRecord(bytes).parameters).toEqual({
      epochs: 1,
      batch_size: 16,
      validation_split: 0,
      initial_epoch: 0,
      validation_freq: 1,
      shuffle: true,
      seed: 7,
      backend: 'auto',
    })
  })

  it('says why its environment was not scanned: on one line, however long the scanner’s words are', async () => {
    const findVulnerabilities = async () => ({
      state: 'not scanned' as const,
      reason: `refused:\n\u001b[31m\ud800 ${'x'.repeat(10_000)}`,
    })
    const job = await submitWine(platform, { epochs: 1 })
    const unscanned = await runTrainingJob(job, { ...platform.deps, findVulnerabilities }, runOptions())
    const directory = await writeOut('unscanned', unscanned)
    const claims = readAibomClaims(
      parseJson(await readFile(join(directory, 'aibom.json')), { maxBytes: 1e7 }) as JsonObject,
    )
    const reason = `refused: [31m\ufffd ${'x'.repeat(284)}…`
    expect(claims.vulnerabilities).toEqual({ state: 'not scanned', reason })
    const deps = { trustRoot: platform.trustRoot, clock: platform.clock }
    expect((await verifyRelease(await openReleaseDirectory(directory), deps)).verdict).toBe('pass')
  })

  it('gives the same outputs bit for bit when it is run again', async () => {
    const again = await runTrainingJob(await submitWine(platform), platform.deps, runOptions())
    const outputs = ({ files }: Release): unknown => files.filter(({ name }) => name.startsWith('outputs/'))
    expect(again.jobId).not.toBe(release.jobId)
    expect(outputs(again)).toEqual(outputs(release))
  })

  it('leaves model and data set out when asked to, and still verifies', async () => {
    const lean = await runTrainingJob(
      await submitWine(platform),
      platform.deps,
      runOptions({ includeInputs: false } as object),
    )
    const directory = await writeOut('lean', lean)
    expect((await readdir(join(directory, 'inputs'))).toSorted()).toEqual(['definition', 'job.json'])
    const reader = await openReleaseDirectory(directory)
    const report = await verifyRelease(reader, { trustRoot: platform.trustRoot, clock: platform.clock })
    expect(report.verdict).toBe('pass')
  })

  it('leaves no workspace behind', async () => {
    expect(await leftWorkspaces(platform)).toEqual([])
  })

  it('does not write over anything', async () => {
    const directory = await writeOut('once')
    await expect(
      writeReleaseDirectory(release, platform.deps.store, directory, `${directory}-scratch`),
    ).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    })
  })

  it('is refused where it cannot be written', async () => {
    const directory = join(platform.scratch, 'unwritable')
    const scratch = join(platform.scratch, 'taken')
    const draft = join(scratch, `release-${release.jobId}`)
    await mkdir(draft, { recursive: true })
    await writeFile(join(draft, 'inputs'), 'a file where a folder must be')
    const writing = writeReleaseDirectory(release, platform.deps.store, directory, scratch)
    await expect(writing).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
    expect(await readdir(scratch)).toEqual([])
  })

  it('leaves nothing behind when a file of it is gone', async () => {
    const scratch = join(platform.scratch, 'gone')
    const store = new MemoryArtifactStore()
    const writing = writeReleaseDirectory(release, store, join(platform.scratch, 'never'), scratch)
    await expect(writing).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' })
    expect(await readdir(scratch)).toEqual([])
  })
})
