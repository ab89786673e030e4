/** Training the same model on the same rows: each backend that is here, and Keras, second by epoch. @module */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  JOB_RECORD_TYPE,
  parseTimestamp,
  SdkError,
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

import type { Benchmark, Measurement, Peer } from './benchmark.ts'
import { withScratch } from './fixtures/scratch.ts'
import { renderDefinition, renderRows, TRAINING_MODELS, type TrainingModel } from './fixtures/training-models.ts'
import { findPython, runPeer } from './process.ts'
import { summarize, type Sample } from './sample.ts'

const BATCH_SIZE = 64
/** The first is not counted: it compiles and allocates. */
const EPOCHS = 4
const REFERENCE = 'Keras (Python), default `fit`'
const BACKENDS = ['wasm', 'node', 'webgpu'] as const

/** Keras's figures of this run, by model: it is the peer of every backend. */
const peers = new Map<string, Promise<Peer>>()

/** `train-mlp-wasm` and so on: every model on every backend that npm can install. */
export const trainModels: readonly Benchmark[] = TRAINING_MODELS.flatMap((model) =>
  BACKENDS.map((backend) => ({
    name: `train-${model.name}-${backend}`,
    what: `an epoch of ${model.what} in batches of ${BATCH_SIZE}, ${backend}`,
    unit: 's',
    target: { kind: 'none' },
    run: () => withScratch((directory) => measure(directory, model, backend)),
  })),
)

async function measure(
  directory: string,
  model: TrainingModel,
  backend: (typeof BACKENDS)[number],
): Promise<Measurement> {
  const files = {
    model: createKerasModel({
      name: model.name,
      input: [model.features],
      layers: model.layers,
      compile: { optimizer: { type: 'Adam' }, loss: model.loss },
      seed: 1,
    }),
    dataset: utf8Encode(renderRows(model)),
    definition: utf8Encode(renderDefinition(model)),
  }
  await mkdir(join(directory, 'inputs'))
  await writeFile(join(directory, 'model.keras'), files.model)
  await writeFile(join(directory, 'rows.csv'), files.dataset)
  try {
    const ours = await trainHere(directory, files, backend)
    const peer = peers.get(model.name) ?? trainWithKeras(directory)
    peers.set(model.name, peer)
    return { kind: 'measured', ours, peer: await peer }
  } catch (error) {
    if (error instanceof SdkError && error.code === 'BACKEND_UNAVAILABLE') {
      return { kind: 'not measured', reason: error.message }
    }
    throw error
  }
}

async function trainHere(
  directory: string,
  files: Readonly<Record<'model' | 'dataset' | 'definition', Uint8Array>>,
  backend: (typeof BACKENDS)[number],
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
      { epochs: EPOCHS, batch_size: BATCH_SIZE, validation_split: 0, backend },
      { seed: 1 },
    ),
    metadata: {},
    files: {
      model: describe('model.keras', files.model),
      dataset: describe('rows.csv', files.dataset),
      definition: describe('definition.yaml', files.definition),
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
