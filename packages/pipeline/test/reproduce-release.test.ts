/** Training a release again: the same bits, or by how much other ones. @module */

import { INPUT_NAMES, OUTPUT_NAMES } from '@aibomgen/core'
import { parseReproduction, verifyStatement, type Reproduction } from '@aibomgen/intoto'
import { createBubblewrapIsolation, createProcessIsolation, type TrainingDeps } from '@aibomgen/trainer'
import { verifyRelease } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { reproduceRelease, runTrainingJob, writeReleaseDirectory, type Release } from '../src/index.ts'
import { createPlatform, leftWorkspaces, runOptions, submitWine, type Platform } from './platform.ts'

const VECTORS = fileURLToPath(new URL('../../../vectors/releases/', import.meta.url))
const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))

let platform: Platform
beforeAll(async () => {
  platform = await createPlatform()
  await mkdir(join(platform.scratch, 'drafts'))
})
afterAll(() => rm(platform.scratch, { recursive: true, force: true }))

async function write(release: Release): Promise<string> {
  const directory = join(platform.scratch, `release-${release.jobId}`)
  await writeReleaseDirectory(release, platform.deps.store, directory, join(platform.scratch, 'drafts'))
  return directory
}

/** Verifies the release in `directory`, and trains it again. */
async function reproduce(directory: string, changes: Partial<TrainingDeps> = {}): Promise<Reproduction> {
  const reader = await openReleaseDirectory(directory)
  const { subject } = await verifyRelease(reader, { trustRoot: platform.trustRoot, clock: platform.clock })
  if (subject === undefined) throw new Error('expected a release that verifies')
  const { reproduction, statement } = await reproduceRelease(
    { subject, reader, open: (name) => createReadStream(join(directory, name)) },
    { ...platform.deps, signer: platform.signers.worker, trustRoot: platform.trustRoot.root, ...changes },
    runOptions(),
  )
  expect(parseReproduction(await verifyStatement(statement, [platform.signers.worker.publicKey]))).toEqual(reproduction)
  return reproduction
}

/** A trainer that leaves the outputs of another run. */
async function trainerThatLeaves(outputs: string): Promise<NonNullable<TrainingDeps['program']>> {
  const entry = join(platform.scratch, 'other-trainer.mjs')
  await writeFile(
    entry,
    `import fs from 'node:fs'
     const say = (message) => new Promise((resolve) => process.send(message, resolve))
     await say({ type: 'started', backend: { name: 'wasm', versions: {}, devices: [], reason: 'asked for' } })
     for (const name of ${JSON.stringify(OUTPUT_NAMES)}) fs.copyFileSync('${outputs}/' + name, name)
     await say({ type: 'finished' }); process.disconnect()`,
  )
  return { entry, execArgv: [] }
}

describe('a release that is trained again', () => {
  let release: string
  beforeAll(async () => {
    release = await write(await runTrainingJob(await submitWine(platform), platform.deps, runOptions()))
  })

  it('comes out bit for bit, under any isolation', async () => {
    for (const isolation of [createProcessIsolation(), createBubblewrapIsolation()]) {
      if (isolation.name === 'bubblewrap' && !existsSync('/usr/bin/bwrap')) continue
      const reproduction = await reproduce(release, { isolation })
      expect(reproduction).toMatchObject({ verdict: 'reproduced', mayBeDueTo: [] })
      expect(reproduction.outputs.map(({ name }) => name)).toEqual(OUTPUT_NAMES)
      expect(reproduction.weights ?? reproduction.metrics).toBeUndefined()
    }
    expect(await leftWorkspaces(platform)).toEqual([])
  })

  it('differs, and is told by how much', async () => {
    const program = await trainerThatLeaves(join(VECTORS, 'other-parameters'))
    const { verdict, weights, metrics, environment } = await reproduce(release, { program })
    expect(verdict).toBe('differs')
    expect(weights?.compared).toBeGreaterThan(100)
    expect(weights?.identical).toBeLessThan(weights?.compared ?? 0)
    expect(weights?.maxAbsolute).toBeGreaterThan(0)
    expect(weights?.furthest).toMatch(/^(layers|optimizer)\//)
    expect(metrics?.maxAbsolute).toBeGreaterThan(0)
    expect(environment.map(({ what }) => what)).toContain('engine versions')
  })

  it('is not trained on inputs that were swapped after it was verified', async () => {
    const reader = await openReleaseDirectory(release)
    const { subject } = await verifyRelease(reader, { trustRoot: platform.trustRoot, clock: platform.clock })
    if (subject === undefined) throw new Error('expected a release that verifies')
    const running = reproduceRelease(
      {
        subject,
        reader,
        open: (name) =>
          createReadStream(
            join(name === INPUT_NAMES[2] ? VECTORS : release, name === INPUT_NAMES[2] ? 'trust-root.json' : name),
          ),
      },
      { ...platform.deps, signer: platform.signers.worker, trustRoot: platform.trustRoot.root },
      runOptions(),
    )
    await expect(running).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', detail: { name: INPUT_NAMES[2] } })
  })
})

const cases = [
  ['wine-csv', 'dataset.csv'],
  ['wine-remapped-labels', 'dataset.csv'],
  ['wine-tfrecord', 'dataset.tfrecord'],
  ['digits-image', 'dataset.zip'],
] as const
const skipped = existsSync(DATA) ? '' : ' (skipped: no ../shared/data beside the repository)'

describe.skipIf(skipped !== '')(`the reference data${skipped}`, () => {
  it.each(cases)('comes out bit for bit: %s', { timeout: 300_000 }, async (name, dataset) => {
    const file = (path: string) => ({ name: path, open: () => createReadStream(join(DATA, name, path)) })
    const files = { model: file('model.keras'), dataset: file(dataset), definition: file('definition.yaml') }
    const submitted = await submitWine(platform, { epochs: 2, backend: 'wasm' }, files)
    const release = await write(await runTrainingJob(submitted, platform.deps, runOptions()))
    expect(await reproduce(release)).toMatchObject({ verdict: 'reproduced' })
    expect((await readFile(join(release, 'outputs/trained_model.keras'))).length).toBeGreaterThan(0)
  })
})
