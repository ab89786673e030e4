/** Training a small network, second by epoch, beside Keras on the same model and rows. @module */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  JOB_RECORD_TYPE,
  parseTimestamp,
  serializeJobRecord,
  sha256Hex,
  utf8Encode,
  type Clock,
  type JobRecord,
  type SubmittedFile,
} from '@aibomgen/core'
import { createProcessIsolation, DEFAULT_LIMITS, runTraining } from '@aibomgen/trainer'
import { fillTrainingParameters } from '@aibomgen/trainer/job'
import { createKerasModel } from '@aibomgen/trainer/keras'

import type { Benchmark, Peer } from './benchmark.ts'
import { withScratch } from './fixtures/scratch.ts'
import { findPython, runPeer } from './process.ts'
import { summarize, type Sample } from './sample.ts'

const ROWS = 16_384
const FEATURES = 13
const BATCH_SIZE = 64
/** The first is not counted: it compiles and allocates. */
const EPOCHS = 6
const REFERENCE = 'Keras (Python), default `fit`'

export const trainMlp: Benchmark = {
  name: 'train-mlp',
  what: `an epoch of an MLP 13-64-64-1: ${ROWS} rows in batches of ${BATCH_SIZE}, wasm`,
  unit: 's',
  target: { kind: 'none' },
  run: () =>
    withScratch(async (directory) => {
      await mkdir(join(directory, 'inputs'))
      const model = buildModel()
      const dataset = utf8Encode(buildRows())
      await writeFile(join(directory, 'model.keras'), model)
      await writeFile(join(directory, 'rows.csv'), dataset)
      const ours = await trainHere(directory, { model, dataset, definition: utf8Encode(buildDefinition()) })
      const note = 'the target, no slower than Keras, is that of a later issue'
      return { kind: 'measured', ours, peer: await trainWithKeras(directory), note }
    }),
}

function buildModel(): Uint8Array {
  return createKerasModel({
    name: 'mlp',
    input: [FEATURES],
    layers: [
      { type: 'Dense', units: 64, activation: 'relu' },
      { type: 'Dense', units: 64, activation: 'relu' },
      { type: 'Dense', units: 1 },
    ],
    compile: { optimizer: { type: 'Adam' }, loss: 'mean_squared_error' },
    seed: 1,
  })
}

/** Rows of features in [0, 1) and a label that depends on them. */
function buildRows(): string {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const features = Array.from({ length: FEATURES }, (_, column) => ((row * (2 * column + 3)) % 997) / 997)
    return [...features, Math.sin(features.reduce((sum, feature) => sum + feature, 0))].join(',')
  })
  return [[...featureNames(), 'y'].join(','), ...rows, ''].join('\n')
}

function buildDefinition(): string {
  const columns = [...featureNames(), 'y'].map((name) => `${name}: float`).join(', ')
  return `columns: { ${columns} }\nlabel: y\ninput_shape: [${FEATURES}]\noutput_shape: [1]\n`
}

function featureNames(): string[] {
  return Array.from({ length: FEATURES }, (_, column) => `x${column}`)
}

async function trainHere(
  directory: string,
  files: Readonly<Record<'model' | 'dataset' | 'definition', Uint8Array>>,
): Promise<Sample> {
  const describe = (name: string, bytes: Uint8Array): SubmittedFile => {
    return { name, sha256: sha256Hex(bytes), sizeBytes: bytes.length }
  }
  const clock: Clock = { now: () => parseTimestamp('2026-01-01T00:00:00Z') }
  const record: JobRecord = {
    _type: JOB_RECORD_TYPE,
    jobId: '00000000-0000-4000-8000-000000000000',
    submittedAt: clock.now(),
    parameters: fillTrainingParameters(
      { epochs: EPOCHS, batch_size: BATCH_SIZE, validation_split: 0, backend: 'wasm' },
      { seed: 1 },
    ),
    metadata: {},
    files: {
      model: describe('mlp.keras', files.model),
      dataset: describe('rows.csv', files.dataset),
      definition: describe('mlp.yaml', files.definition),
    },
  }
  const inputs = { ...files, 'job.json': serializeJobRecord(record) }
  for (const [name, bytes] of Object.entries(inputs)) await writeFile(join(directory, 'inputs', name), bytes)

  const ends: number[] = []
  await runTraining(
    { directory, jobId: record.jobId, requestedAt: record.submittedAt },
    { isolation: createProcessIsolation(), probes: [], clock },
    {
      limits: DEFAULT_LIMITS,
      keySeparation: 'single-host',
      signal: new AbortController().signal,
      onEvent: (event) => event.type === 'epoch' && ends.push(performance.now() / 1000),
      onLog: () => undefined,
    },
  )
  return summarize(ends.slice(1).map((end, index) => end - (ends[index] ?? end)))
}

async function trainWithKeras(directory: string): Promise<Peer> {
  const python = await findPython('keras')
  if (python === undefined) return { kind: 'missing', name: REFERENCE, reason: 'no Python here has keras' }
  const parameters = [join(directory, 'model.keras'), join(directory, 'rows.csv'), String(EPOCHS), String(BATCH_SIZE)]
  const seconds = await runPeer(python, 'keras_fit.py', parameters)
  return { kind: 'measured', name: REFERENCE, sample: summarize(seconds.slice(1)) }
}
