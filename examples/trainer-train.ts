/** Trains a small Keras model on a CSV file in a confined child process, without Python. */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { JOB_RECORD_TYPE, serializeJobRecord, sha256Hex, toTimestamp, type SubmittedFile } from '@aibomgen/core'
import { createProcessIsolation, DEFAULT_LIMITS, runTraining } from '@aibomgen/trainer'
import { fillTrainingParameters, parseDatasetDefinition, parseMetrics } from '@aibomgen/trainer/job'
import { createKerasModel } from '@aibomgen/trainer/keras'

const model = createKerasModel({
  name: 'points',
  input: [2],
  layers: [
    { type: 'Dense', units: 16, activation: 'relu' },
    { type: 'Dense', units: 2, activation: 'softmax' },
  ],
  compile: { optimizer: { type: 'Adam' }, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] },
  seed: 1,
})
const points = Array.from({ length: 200 }, (_, n) => [(n * 37) % 100, (n * 61) % 100] as const)
const dataset = Buffer.from(
  ['x,y,side', ...points.map(([x, y]) => `${x},${y},${x > y ? 'below' : 'above'}`)].join('\n'),
)
const definition = Buffer.from(`
columns: { x: float, y: float, side: text }
label: side
input_shape: [2]
output_shape: [2]
preprocessing: { normalize: true }
`)
parseDatasetDefinition(definition) // names every problem by its path

const describe = (name: string, bytes: Uint8Array): SubmittedFile => ({
  name,
  sha256: sha256Hex(bytes),
  sizeBytes: bytes.length,
})
const clock = { now: () => toTimestamp(new Date()) }
const record = {
  _type: JOB_RECORD_TYPE,
  jobId: randomUUID(),
  submittedAt: clock.now(),
  parameters: fillTrainingParameters({ epochs: 20, batch_size: 16 }, { seed: 42 }),
  metadata: {},
  files: {
    model: describe('points.keras', model),
    dataset: describe('points.csv', dataset),
    definition: describe('points.yaml', definition),
  },
} as const

const directory = await mkdtemp(join(tmpdir(), 'aibomgen-'))
try {
  await mkdir(join(directory, 'inputs'))
  const inputs = { model, dataset, definition, 'job.json': serializeJobRecord(record) }
  for (const [name, bytes] of Object.entries(inputs)) await writeFile(join(directory, 'inputs', name), bytes)

  const { backend } = await runTraining(
    { directory, jobId: record.jobId, requestedAt: record.submittedAt },
    { isolation: createProcessIsolation(), probes: [], clock },
    {
      limits: DEFAULT_LIMITS,
      keySeparation: 'single-host',
      signal: new AbortController().signal,
      onEvent: (event) => event.type === 'epoch' && console.log(`epoch ${event.epoch}/${event.epochs}`, event.metrics),
      onLog: () => undefined,
    },
  )
  const metrics = parseMetrics(await readFile(join(directory, 'outputs', 'metrics.json')))
  console.log(`trained with ${backend.name}: accuracy ${metrics['val_accuracy']?.at(-1)} on rows it never saw`)
} finally {
  await rm(directory, { recursive: true })
}
