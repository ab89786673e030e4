import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ParseError, SdkError, TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type { ChildMessage } from '../../src/child/protocol.ts'
import { runJob, type RunJobDeps } from '../../src/child/run-job.ts'
import { parseDatasetManifest } from '../../src/documents/dataset-manifest.ts'
import { parseMetrics, type Metrics } from '../../src/documents/metrics.ts'
import { parseModelSummary } from '../../src/documents/model-summary.ts'
import { parsePreprocessing } from '../../src/documents/preprocessing.ts'
import { createKerasModel, type LossName } from '../../src/keras/create-model.ts'
import { loadKerasModel } from '../../src/keras/load-model.ts'
import { rejectionOf } from '../error-of.ts'
import { noReferenceData, referenceFile } from '../reference-data.ts'
import { stageFiles, stageJob } from './staged-job.ts'

const OUTPUTS = [
  'dataset-manifest.json',
  'metrics.json',
  'model-summary.json',
  'preprocessing.json',
  'trained_model.keras',
]

const asReference = { batch_size: 16, shuffle: false, backend: 'wasm' }

describe.skipIf(noReferenceData)(`a job on wine${noReferenceData}`, () => {
  it.each([
    ['wine-csv', 15],
    ['wine-remapped-labels', 5],
    ['wine-tfrecord', 15],
  ])('%s trains as Keras does', async (name, epochs) => {
    await using job = await stageJob(name, { ...asReference, epochs })
    await runJob(job, quiet())
    const reference = JSON.parse(await readFile(referenceFile(`${name}/reference.json`), 'utf8'))
    expectHistory(parseMetrics(await readFile(join(job.outputs, 'metrics.json'))), reference.history)
  })

  it('leaves exactly five outputs, each of which its parser takes', async () => {
    await using job = await stageJob('wine-csv', { ...asReference, epochs: 1 })
    await runJob(job, quiet())
    expect(Object.keys(await job.digests())).toEqual(OUTPUTS)
    const read = (name: string): Promise<Uint8Array> => readFile(join(job.outputs, name))
    expect((await loadKerasModel(await read('trained_model.keras'))).name).toBe('sequential')
    expect(parsePreprocessing(await read('preprocessing.json')).label).toMatchObject({ classes: [0, 1, 2] })
    expect(parseDatasetManifest(await read('dataset-manifest.json'))).toMatchObject({ rows: 178, trainRows: 142 })
    expect(parseModelSummary(await read('model-summary.json'))).toMatchObject({
      family: 'Sequential',
      layers: [
        { className: 'Dense', outputShape: [null, 64], parameters: 896 },
        { className: 'Dense', outputShape: [null, 32], parameters: 2080 },
        { className: 'Dense', outputShape: [null, 3], parameters: 99 },
      ],
      parameters: { total: 3075, trainable: 3075, nonTrainable: 0 },
      inputs: [{ shape: [null, 13] }],
      outputs: [{ shape: [null, 3] }],
      optimizer: { name: 'Adam' },
      loss: 'sparse_categorical_crossentropy',
      metrics: ['accuracy'],
    })
  })

  it('writes the same bytes for the same inputs, and others for another seed', async () => {
    const train = async (seed: number): Promise<Record<string, string>> => {
      await using job = await stageJob('wine-csv', { epochs: 2, seed })
      await runJob(job, quiet())
      return await job.digests()
    }
    const first = await train(7)
    expect(await train(7)).toEqual(first)
    expect((await train(8))['trained_model.keras']).not.toBe(first['trained_model.keras'])
  })

  it('goes on from the model that an earlier job left, bit for bit as a job that never stopped', async () => {
    await using whole = await stageJob('wine-csv', { ...asReference, epochs: 4 })
    await using first = await stageJob('wine-csv', { ...asReference, epochs: 2 })
    await using second = await stageJob('wine-csv', { ...asReference, epochs: 4, initial_epoch: 2 })
    await runJob(whole, quiet())
    await runJob(first, quiet())
    await second.replace('model', await readFile(join(first.outputs, 'trained_model.keras')))
    await runJob(second, quiet())
    expect((await second.digests())['trained_model.keras']).toBe((await whole.digests())['trained_model.keras'])
  })

  it('weighs classes as the data spell them, and stops early', async () => {
    const log: string[] = []
    const early_stopping = 'monitor=loss,mode=max,patience=1'
    await using job = await stageJob('wine-remapped-labels', { ...asReference, early_stopping, class_weight: '8=4' })
    await runJob(job, { ...quiet(), log: (line) => log.push(line) })
    const weighed = parseMetrics(await readFile(join(job.outputs, 'metrics.json')))
    expect(weighed.loss).toHaveLength(2)
    expect(log).toContain('stopped early: epoch 2 of 50 was the last')
    await using plain = await stageJob('wine-remapped-labels', { ...asReference, epochs: 1 })
    await runJob(plain, quiet())
    const usual = parseMetrics(await readFile(join(plain.outputs, 'metrics.json')))
    expect(weighed.loss?.[0]).toBeGreaterThan(usual.loss?.[0] ?? NaN)
  })

  it('refuses the weight of a class that the data do not have', async () => {
    await using job = await stageJob('wine-remapped-labels', { ...asReference, class_weight: '1=4' })
    const error = await rejectionOf(ParseError, () => runJob(job, quiet()))
    expect(error).toMatchObject({ code: 'PARAMETER_INVALID', detail: { problems: [{ path: 'class_weight.1' }] } })
  })

  it('trains on every row and reports no val_* without a validation split', async () => {
    await using job = await stageJob('wine-csv', { epochs: 1, validation_split: 0 })
    await runJob(job, quiet())
    expect(Object.keys(parseMetrics(await readFile(join(job.outputs, 'metrics.json'))))).toEqual(['accuracy', 'loss'])
  })

  it('tells of its start, its epochs and its end, in order', async () => {
    await using job = await stageJob('wine-csv', { epochs: 3, initial_epoch: 1 })
    const messages: ChildMessage[] = []
    await runJob(job, { ...quiet(), emit: (message) => messages.push(message) })
    expect(messages[0]).toMatchObject({ type: 'started', backend: { name: 'wasm' } })
    expect(messages.flatMap((message) => (message.type === 'epoch' ? [message.epoch] : []))).toEqual([2, 3])
    expect(messages.at(-1)).toEqual({ type: 'finished' })
  })

  it('stops within a batch when cancelled, and writes nothing', async () => {
    await using job = await stageJob('wine-csv', { epochs: 100_000 })
    const cancellation = new AbortController()
    const emit = (message: ChildMessage): void => {
      if (message.type === 'batch') cancellation.abort()
    }
    const error = await rejectionOf(TrainingError, () => runJob(job, { ...quiet(), emit, signal: cancellation.signal }))
    expect(error.code).toBe('CANCELLED')
    expect(await job.digests()).toEqual({})
  })

  it.each([
    ['a definition with an unknown key', 'DEFINITION_INVALID', 'definition', (text: string) => `${text}\nmagic: true`],
    ['a definition of images', 'DATASET_INVALID', 'definition', () => imageDefinition],
    [
      'a definition with another input shape',
      'SHAPE_MISMATCH',
      'definition',
      (text: string) => text.replace('[13]', '[12]'),
    ],
    [
      'a definition with another output shape',
      'SHAPE_MISMATCH',
      'definition',
      (text: string) => text.replace('[3]', '[4]'),
    ],
    ['a data set with one class less', 'SHAPE_MISMATCH', 'dataset', (text: string) => text.replaceAll(/.*,2\n/g, '')],
    ['a data set without a column', 'DATASET_INVALID', 'dataset', (text: string) => text.replace('alcohol', 'alkohol')],
    ['an empty data set', 'DATASET_INVALID', 'dataset', () => ''],
    ['a data set of one row', 'SPLIT_EMPTY', 'dataset', (text: string) => text.split('\n').slice(0, 2).join('\n')],
    ['a model that is none', 'FORMAT_UNSUPPORTED', 'model', () => 'not a model'],
  ] as const)('refuses %s, and writes nothing', async (_, code, input, change) => {
    await using job = await stageJob('wine-csv')
    await job.replace(input, change(await readFile(join(job.directory, 'inputs', input), 'utf8')))
    expect((await rejectionOf<SdkError>(SdkError, () => runJob(job, quiet()))).code).toBe(code)
    expect(await job.digests()).toEqual({})
  })

  it('takes its parameters from the job record alone, and checks them', async () => {
    await using job = await stageJob('wine-csv')
    const record = JSON.parse(await readFile(job.job, 'utf8'))
    record.parameters.epochs = 0
    await writeFile(job.job, JSON.stringify(record))
    expect((await rejectionOf(ParseError, () => runJob(job, quiet()))).code).toBe('PARAMETER_INVALID')
  })
})

describe('a job with another loss', () => {
  it.each<[string, LossName, number, string, string]>([
    ['a regression on floats', 'mean_squared_error', 1, 'float', 'loss'],
    ['two classes of text', 'binary_crossentropy', 1, 'text', 'accuracy'],
    ['one-hot classes of text', 'categorical_crossentropy', 2, 'text', 'accuracy'],
  ])('learns %s, from numbers with gaps and a category', async (_, loss, outputs, labelType, metric) => {
    const model = createKerasModel({
      name: 'small',
      input: [3],
      layers: [
        { type: 'Dense', units: 8, activation: 'tanh' },
        {
          type: 'Dense',
          units: outputs,
          activation: loss === 'mean_squared_error' ? 'linear' : outputs === 1 ? 'sigmoid' : 'softmax',
        },
      ],
      compile: { optimizer: { type: 'Adam', learningRate: 0.02 }, loss, metrics: metric === 'loss' ? [] : [metric] },
      seed: 1,
    })
    const rows = Array.from({ length: 60 }, (_row, row) => {
      const x = (row * 37) % 60
      const label = labelType === 'float' ? x / 60 + 0.5 : x > 29 ? 'high' : 'low'
      return `${row % 10 === 3 ? '' : x},${row % 2 === 0 ? 'north' : 'south'},${label}`
    })
    await using job = await stageFiles(
      {
        model,
        dataset: `x,region,y\n${rows.join('\n')}\n`,
        definition: `
columns: { x: float, region: category, y: ${labelType} }
label: y
missing: median
input_shape: [3]
output_shape: [${outputs}]
preprocessing: { normalize: minmax, scale: 2, clip: [0, 2] }`,
      },
      { epochs: 60, batch_size: 10 },
    )
    await runJob(job, quiet())
    const history = parseMetrics(await readFile(join(job.outputs, 'metrics.json')))
    const last = history[`val_${metric}`]?.at(-1)
    if (metric === 'loss') expect(last).toBeLessThan(0.05)
    else expect(last).toBeGreaterThan(0.7)
  })
})

const imageDefinition = 'type: image\nimage_size: [8, 8]\ninput_shape: [8, 8, 3]\noutput_shape: [10]\n'

function quiet(): RunJobDeps {
  return {
    emit: () => undefined,
    log: () => undefined,
    now: () => performance.now(),
    signal: new AbortController().signal,
  }
}

/** As near as the reference data's README asks. One row is 1/142 of the training rows, 1/36 of the others. */
function expectHistory(history: Metrics, reference: Metrics): void {
  expect(Object.keys(history)).toEqual(Object.keys(reference).sort())
  for (const [name, expected] of Object.entries(reference)) {
    const actual = history[name] ?? []
    expect(actual.length).toBe(expected.length)
    const [first = 0, firstExpected = 0] = [actual[0], expected[0]]
    const isLoss = name.endsWith('loss')
    const firstTolerance = isLoss ? 1e-3 * firstExpected : 1 / (name.startsWith('val_') ? 36 : 142) + 1e-6
    expect(Math.abs(first - firstExpected), `${name} of the first epoch`).toBeLessThanOrEqual(firstTolerance)
    if (!isLoss) continue
    const [last = 0, lastExpected = 0] = [actual.at(-1), expected.at(-1)]
    expect(Math.abs(last - lastExpected), `last ${name}`).toBeLessThanOrEqual(Math.max(0.02 * lastExpected, 2e-3))
  }
}
