/** Training on a CSV that is larger than memory. @module */

import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { JOB_RECORD_TYPE, parseTimestamp, serializeJobRecord, sha256Hex } from '@aibomgen/core'
import { fillTrainingParameters } from '@aibomgen/trainer/job'
import { createKerasModel } from '@aibomgen/trainer/keras'

import type { Benchmark, Measurement } from './benchmark.ts'
import { withScratch } from './fixtures/scratch.ts'
import { summarize } from './sample.ts'
import { watchTrainingChild } from './watch-training-child.ts'

const SIZE_BYTES = 5e9
const FEATURES = 20
const BATCH_SIZE = 1024
/** Rows that are written over and over. */
const ROWS_PER_PART = 50_000

export const largeCsvMemory: Benchmark = {
  name: 'large-csv',
  what: 'peak memory of a training child on a CSV of 5 GB, one epoch, wasm',
  unit: 'MB',
  target: { kind: 'limit', below: 1500 },
  optional: true,
  run: () => withScratch(measure),
}

async function measure(directory: string): Promise<Measurement> {
  await mkdir(join(directory, 'inputs'))
  const rows = await writeInputs(join(directory, 'inputs'))
  const seen = await watchTrainingChild(directory)
  if (seen.kind === 'not measured') return seen
  const { megabytes, seconds, processorSeconds } = seen
  const note = `${rows} rows of ${FEATURES} floats and a class, batches of ${BATCH_SIZE}; ${seconds.toFixed(0)} s, of which ${processorSeconds.toFixed(0)} s on a processor`
  return { kind: 'measured', ours: summarize([megabytes]), note }
}

/** Writes the inputs of a job, and gives the number of rows. */
async function writeInputs(inputs: string): Promise<number> {
  const names = Array.from({ length: FEATURES }, (_, column) => `x${column}`)
  const part = Buffer.from(Array.from({ length: ROWS_PER_PART }, (_, row) => `${rowOf(row)}\n`).join(''))
  const file = await open(join(inputs, 'dataset'), 'w')
  let rows = 0
  try {
    let { bytesWritten: written } = await file.write(`${[...names, 'y'].join(',')}\n`)
    for (; written < SIZE_BYTES; rows += ROWS_PER_PART) written += (await file.write(part)).bytesWritten
  } finally {
    await file.close()
  }
  const columns = [...names.map((name) => `${name}: float`), 'y: int'].join(', ')
  const nothing = { sha256: sha256Hex(new Uint8Array()), sizeBytes: 0 }
  const model = createKerasModel({
    name: 'mlp',
    input: [FEATURES],
    layers: [
      { type: 'Dense', units: 16, activation: 'relu' },
      { type: 'Dense', units: 3, activation: 'softmax' },
    ],
    compile: { optimizer: { type: 'Adam' }, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] },
    seed: 1,
  })
  const definition = `columns: { ${columns} }\nlabel: y\ninput_shape: [${FEATURES}]\noutput_shape: [3]\npreprocessing: { normalize: true }\n`
  const record = serializeJobRecord({
    _type: JOB_RECORD_TYPE,
    jobId: '00000000-0000-4000-8000-000000000000',
    submittedAt: parseTimestamp('2026-01-01T00:00:00Z'),
    parameters: fillTrainingParameters({ epochs: 1, batch_size: BATCH_SIZE, backend: 'wasm' }, { seed: 1 }),
    metadata: {},
    files: {
      model: { name: 'mlp.keras', ...nothing },
      dataset: { name: 'rows.csv', ...nothing },
      definition: { name: 'rows.yaml', ...nothing },
    },
  })
  for (const [name, bytes] of Object.entries({ model, definition, 'job.json': record })) {
    await writeFile(join(inputs, name), bytes)
  }
  return rows
}

/** Features in [0, 1) with all their digits, as most programs write them, and a class that depends on them. */
function rowOf(row: number): string {
  const features = Array.from(
    { length: FEATURES },
    (_, column) => ((row * (2 * column + 3) * 7919) % 1_000_003) / 1_000_003,
  )
  const sum = features.reduce((total, feature) => total + feature, 0)
  return [...features, Math.floor(sum) % 3].join(',')
}
