/** Training on an archive of a hundred thousand images. @module */

import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { JOB_RECORD_TYPE, parseTimestamp, serializeJobRecord, sha256Hex } from '@aibomgen/core'
import { fillTrainingParameters } from '@aibomgen/trainer/job'
import { createKerasModel } from '@aibomgen/trainer/keras'

import type { Benchmark, Measurement } from './benchmark.ts'
import { writeImageArchive } from './fixtures/image-archive.ts'
import { withScratch } from './fixtures/scratch.ts'
import { summarize } from './sample.ts'
import { watchTrainingChild } from './watch-training-child.ts'

const IMAGES = 100_000
const CLASSES = 10
const SIZE = 28
const BATCH_SIZE = 256

export const largeImagesMemory: Benchmark = {
  name: 'large-images',
  what: `peak memory of a training child on an archive of ${IMAGES} PNG files, one epoch, wasm`,
  unit: 'MB',
  target: { kind: 'none' },
  optional: true,
  run: () => withScratch(measure),
}

async function measure(directory: string): Promise<Measurement> {
  const inputs = join(directory, 'inputs')
  await mkdir(inputs)
  await writeInputs(inputs)
  const seen = await watchTrainingChild(directory)
  if (seen.kind === 'not measured') return seen
  const { megabytes, seconds, processorSeconds } = seen
  const archive = (await stat(join(inputs, 'dataset'))).size / 1e6
  const manifest = (await stat(join(directory, 'outputs/dataset-manifest.json'))).size / 1e6
  const note = `${SIZE} × ${SIZE} grey, ${archive.toFixed(0)} MB, a manifest of ${manifest.toFixed(0)} MB; ${seconds.toFixed(0)} s, of which ${processorSeconds.toFixed(0)} s on a processor`
  return { kind: 'measured', ours: summarize([megabytes]), note }
}

async function writeInputs(inputs: string): Promise<void> {
  await writeImageArchive(join(inputs, 'dataset'), { images: IMAGES, classes: CLASSES, size: SIZE })
  const nothing = { sha256: sha256Hex(new Uint8Array()), sizeBytes: 0 }
  const files = {
    model: createKerasModel({
      name: 'images',
      input: [SIZE, SIZE, 1],
      layers: [{ type: 'Flatten' }, { type: 'Dense', units: CLASSES, activation: 'softmax' }],
      compile: { optimizer: { type: 'Adam' }, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] },
      seed: 1,
    }),
    definition: `type: image\nimage_size: [${SIZE}, ${SIZE}]\ncolor_mode: grayscale\ninput_shape: [${SIZE}, ${SIZE}, 1]\noutput_shape: [${CLASSES}]\npreprocessing: { normalize: true }\n`,
    'job.json': serializeJobRecord({
      _type: JOB_RECORD_TYPE,
      jobId: '00000000-0000-4000-8000-000000000000',
      submittedAt: parseTimestamp('2026-01-01T00:00:00Z'),
      parameters: fillTrainingParameters({ epochs: 1, batch_size: BATCH_SIZE, backend: 'wasm' }, { seed: 1 }),
      metadata: {},
      files: {
        model: { name: 'images.keras', ...nothing },
        dataset: { name: 'images.zip', ...nothing },
        definition: { name: 'images.yaml', ...nothing },
      },
    }),
  }
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(inputs, name), bytes)
}
