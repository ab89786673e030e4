import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { SdkError, TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { runJob, type RunJobDeps } from '../../src/child/run-job.ts'
import { prepareDataset } from '../../src/datasets/prepare-dataset.ts'
import { parseDatasetManifest } from '../../src/documents/dataset-manifest.ts'
import { parsePreprocessing } from '../../src/documents/preprocessing.ts'
import { createKerasModel } from '../../src/keras/create-model.ts'
import { createRandom } from '../../src/random.ts'
import { rejectionOf } from '../error-of.ts'
import { buildZip } from '../zip-builder.ts'
import { stageFiles, type StagedJob } from './staged-job.ts'

const vectors = join(import.meta.dirname, '../vectors/images')
const images = await Promise.all(
  ['rgb.png', 'q90.jpg', 'lossless.webp', 'rgb.bmp', 'one.gif', 'gray16.png', 'cmyk.jpg', 'exif6.jpg'].map(
    async (name) => ({ name, content: await readFile(join(vectors, name)) }),
  ),
)
const archive = buildZip(
  ['b', 'a'].flatMap((folder) => images.map(({ name, content }) => ({ name: `${folder}/${name}`, content }))),
)

const stage = (definition = ''): Promise<StagedJob> =>
  stageFiles(
    {
      model: createKerasModel({
        name: 'small',
        input: [6, 5, 3],
        layers: [{ type: 'Flatten' }, { type: 'Dense', units: 2, activation: 'softmax' }],
        compile: { optimizer: { type: 'Adam' }, loss: 'sparse_categorical_crossentropy' },
        seed: 1,
      }),
      dataset: archive,
      definition: `type: image\nimage_size: [6, 5]\ninput_shape: [6, 5, 3]\noutput_shape: [2]\n${definition}`,
    },
    { epochs: 1, validation_split: 0.25 },
  )
const quiet = (): RunJobDeps => ({
  emit: () => undefined,
  log: () => undefined,
  now: () => 0,
  signal: new AbortController().signal,
})

describe('a job on images', () => {
  it('takes every format, writes the same bytes each time, and leaves no scratch', async () => {
    const train = async (): Promise<Record<string, string>> => {
      await using job = await stage('preprocessing: { normalize: true }')
      await runJob(job, quiet())
      expect(await readdir(join(job.directory, 'scratch'))).toEqual([])
      const manifest = parseDatasetManifest(await readFile(join(job.outputs, 'dataset-manifest.json')))
      expect(manifest).toMatchObject({
        type: 'image',
        rows: 16,
        trainRows: 12,
        classes: [
          { value: 'a', rows: 8 },
          { value: 'b', rows: 8 },
        ],
        formats: { bmp: 2, gif: 2, jpeg: 6, png: 4, webp: 2 },
        imageSizes: { height: { min: 23, max: 23 }, width: { min: 31, max: 31 } },
        merkle: { kind: 'files', leaves: 16 },
      })
      expect(parsePreprocessing(await readFile(join(job.outputs, 'preprocessing.json')))).toMatchObject({
        type: 'image',
        steps: [{ step: 'standardize' }],
        label: { kind: 'sparse', classes: ['a', 'b'] },
        fittedOnRows: 12,
      })
      return await job.digests()
    }
    const first = await train()
    expect(Object.keys(first)).toHaveLength(5)
    expect(await train()).toEqual(first)
  })

  it.each([
    ['channels that the model does not take', 'color_mode: grayscale', 'SHAPE_MISMATCH'],
    ['a mode for other channels', 'color_mode: rgba\npreprocessing: { mode: caffe }', 'DEFINITION_INVALID'],
  ])('refuses %s', async (_what, definition, code) => {
    await using job = await stage(definition)
    expect((await rejectionOf<SdkError>(SdkError, () => runJob(job, quiet()))).code).toBe(code)
    expect(await job.digests()).toEqual({})
  })

  it.each(['regression', 'binary', 'sparse', 'categorical'] as const)(
    'has labels for a loss of %s',
    async (labelKind) => {
      const directory = await mkdtemp(join(tmpdir(), 'aibomgen-labels-'))
      await using job = await stage()
      const outputs = labelKind === 'binary' ? 1 : 2
      const prepare = (): ReturnType<typeof prepareDataset> =>
        prepareDataset(
          { dataset: join(job.directory, 'inputs/dataset'), scratch: directory },
          {
            type: 'image',
            imageSize: [6, 5],
            colorMode: 'grayscale',
            inputShape: [30],
            outputShape: [outputs],
            preprocessing: {},
          },
          {
            inputs: [{ name: 'input', shape: [30] }],
            outputs: [{ name: 'output', shape: [outputs], labelKind }],
            validationSplit: 0,
            shuffle: false,
            random: createRandom(1),
            signal: new AbortController().signal,
          },
        )
      if (labelKind === 'regression') {
        expect((await rejectionOf(TrainingError, prepare)).code).toBe('DATASET_INVALID')
      } else {
        const { source } = await prepare()
        const { inputs, targets } = await source.gather(Uint32Array.of(15, 0))
        expect(inputs[0]).toHaveLength(60)
        expect([...(targets[0] ?? [])]).toEqual(labelKind === 'categorical' ? [0, 1, 1, 0] : [1, 0])
      }
      await rm(directory, { recursive: true })
    },
  )
})
