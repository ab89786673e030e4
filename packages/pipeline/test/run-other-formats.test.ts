/** The whole road for data sets that are no CSV: what an AIBoM says of them. @module */

import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { collectBytes, parseJson, sha256Hex } from '@aibomgen/core'
import { createKerasModel } from '@aibomgen/trainer/keras'
import { createBundleReader, parseEvidenceBundle, verifyRelease } from '@aibomgen/verify'
import { describe, expect, it } from 'vitest'

import { buildEvidenceBundle, runTrainingJob, type FileSource } from '../src/index.ts'
import { createPlatform, runOptions, submitWine, textFile, type Platform } from './platform.ts'

const DEFINITIONS = {
  tfrecord: `
type: tfrecord
features: { x: { shape: [1], dtype: float32 }, n: { shape: [1], dtype: int64 } }
label: { name: y, dtype: string }`,
  parquet: `
type: parquet
columns: { x: float, n: int, y: text }
label: y`,
}

describe.each(['tfrecord', 'parquet'] as const)('a job on %s', (type) => {
  it('ends as a release that verifies, whose AIBoM describes the data set', async () => {
    const platform = await createPlatform()
    const path = fileURLToPath(new URL(`fixtures/rows.${type}`, import.meta.url))
    const definition = `${DEFINITIONS[type]}\ninput_shape: [2]\noutput_shape: [1]\npreprocessing: { normalize: true }\n`
    // What a data set is called says nothing of what it is.
    const job = await submitWine(
      platform,
      { epochs: 1, batch_size: 8 },
      {
        model: bytesFile('model.keras', createModel()),
        dataset: { name: 'data.bin', open: () => createReadStream(path) },
        definition: textFile('definition.yaml', definition),
      },
    )
    const release = await runTrainingJob(job, platform.deps, runOptions())

    const bundle = parseEvidenceBundle(await buildEvidenceBundle(release, platform.deps.store))
    const deps = { trustRoot: platform.trustRoot, clock: platform.clock }
    const report = await verifyRelease(createBundleReader(bundle), deps)
    expect(report.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(report.verdict).toBe('evidence-only')

    const component = await readDatasetComponent(platform, release.files)
    expect(component.hashes).toContainEqual({ alg: 'SHA-256', content: sha256Hex(await readFile(path)) })
    const [data] = component.data
    const properties = Object.fromEntries(data?.contents.properties.map(({ name, value }) => [name, value]) ?? [])
    expect(properties).toMatchObject({
      'aibomgen:dataset:type': type,
      'aibomgen:dataset:rows': '40',
      'aibomgen:dataset:rows:train': '32',
      'aibomgen:dataset:rows:validation': '8',
      'aibomgen:dataset:classes': '[{"rows":20,"value":"high"},{"rows":20,"value":"low"}]',
    })
    expect(JSON.parse(properties['aibomgen:dataset:merkle'] ?? '')).toMatchObject({
      kind: type === 'tfrecord' ? 'records' : 'values',
      leaves: 40,
    })
    const fields = JSON.parse(properties[`aibomgen:dataset:${type === 'tfrecord' ? 'features' : 'columns'}`] ?? '[]')
    expect(fields).toMatchObject([
      { name: 'x', role: 'feature', statistics: { min: 0, max: 9.75 } },
      { name: 'n', role: 'feature', statistics: { min: -2, max: 2 } },
      { name: 'y', role: 'label' },
    ])
  })
})

interface DatasetComponent {
  readonly hashes: readonly { readonly alg: string; readonly content: string }[]
  readonly data: readonly {
    readonly type: string
    readonly contents: { readonly properties: readonly { readonly name: string; readonly value: string }[] }
  }[]
}

async function readDatasetComponent(
  platform: Platform,
  files: Awaited<ReturnType<typeof runTrainingJob>>['files'],
): Promise<DatasetComponent> {
  const file = files.find(({ name }) => name === 'aibom.json')
  if (file === undefined) throw new Error('expected an AIBoM')
  const bytes = await collectBytes(await platform.deps.store.open(file.sha256), 2 ** 24)
  const bom = parseJson(bytes, { maxBytes: 2 ** 24 }) as { readonly components: readonly Partial<DatasetComponent>[] }
  const component = bom.components.find(({ data }) => data?.[0]?.type === 'dataset')
  if (component === undefined) throw new Error('expected a data component')
  return component as DatasetComponent
}

function createModel(): Uint8Array {
  return createKerasModel({
    name: 'small',
    input: [2],
    layers: [{ type: 'Dense', units: 1, activation: 'sigmoid' }],
    compile: { optimizer: { type: 'Adam' }, loss: 'binary_crossentropy', metrics: ['accuracy'] },
    seed: 1,
  })
}

function bytesFile(name: string, bytes: Uint8Array): FileSource {
  return {
    name,
    async *open() {
      yield bytes
    },
  }
}
