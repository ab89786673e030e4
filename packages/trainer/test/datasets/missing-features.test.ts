import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { concatBytes, TrainingError, utf8Encode } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { MissingPolicy, TfrecordDefinition } from '../../src/dataset-definition.ts'
import { prepareDataset } from '../../src/datasets/prepare-dataset.ts'
import type { PreparedDataset } from '../../src/datasets/prepared-dataset.ts'
import { createRandom } from '../../src/random.ts'
import { rejectionOf } from '../error-of.ts'
import { delimited, recordOf, tfrecordOf, type TestFeature } from './tfrecords.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-missing-'))
})
afterAll(() => rm(directory, { recursive: true }))

const definition: TfrecordDefinition = {
  type: 'tfrecord',
  features: [
    { name: 'x', shape: [2], dtype: 'float32' },
    { name: 'n', shape: [1], dtype: 'int64' },
    { name: 'b', shape: [2], dtype: 'bytes' },
  ],
  label: { name: 'y', dtype: 'float32' },
  flattenFeatures: true,
  inputShape: [5],
  outputShape: [1],
  missing: 'mean',
  preprocessing: {},
}
const whole = { x: { float: [1, 10] }, n: { int64: [1] }, b: { bytes: [Uint8Array.of(1, 2)] }, y: { float: [0] } }
const other = { x: { float: [4, 40] }, n: { int64: [4] }, b: { bytes: [Uint8Array.of(4, 8)] }, y: { float: [0] } }
const far = { x: { float: [7, 100] }, n: { int64: [10] }, b: { bytes: [Uint8Array.of(10, 20)] }, y: { float: [0] } }
const bare = { y: { float: [1] } }
const empty = { ...bare, x: { float: [] }, n: { int64: [] }, b: { bytes: [] } }
/** A feature of which not even a kind is said. */
const hollow = concatBytes(
  tfrecordOf([whole, other, far]),
  recordOf(
    delimited(
      1,
      concatBytes(
        ...['x', 'n', 'b'].map((name) =>
          delimited(1, concatBytes(delimited(1, utf8Encode(name)), delimited(2, new Uint8Array()))),
        ),
        delimited(
          1,
          concatBytes(delimited(1, utf8Encode('y')), delimited(2, delimited(2, delimited(1, new Uint8Array(4))))),
        ),
      ),
    ),
  ),
)

async function prepare(bytes: Uint8Array, missing: MissingPolicy = 'mean'): Promise<PreparedDataset> {
  const dataset = join(directory, 'dataset')
  await writeFile(dataset, bytes)
  return await prepareDataset(
    { dataset, scratch: directory },
    { ...definition, missing },
    {
      inputs: [{ name: 'in', shape: [5] }],
      outputs: [{ name: 'out', shape: [1], labelKind: 'regression' }],
      validationSplit: 0,
      shuffle: false,
      random: createRandom(1),
      signal: new AbortController().signal,
    },
  )
}

const lacking = (last: Readonly<Record<string, TestFeature>>): Uint8Array => tfrecordOf([whole, other, far, last])

describe('a feature that an example lacks', () => {
  it.each<[string, MissingPolicy, number[]]>([
    ['the mean', 'mean', [4, 50, 5, 5, 10]],
    ['the median', 'median', [4, 40, 4, 4, 8]],
    ['a number', -1, [-1, -1, -1, -1, -1]],
  ])('becomes %s of each of its numbers', async (_what, missing, expected) => {
    const { source, preprocessing, manifest } = await prepare(lacking(bare), missing)
    expect(await inputsOf(source, 3)).toEqual(expected)
    expect(preprocessing).toMatchObject({
      features: [
        { name: 'x', fill: expected.slice(0, 2) },
        { name: 'n', fill: expected.slice(2, 3) },
        { name: 'b', fill: expected.slice(3) },
      ],
    })
    expect(manifest).toMatchObject({
      features: [
        { name: 'x', missing: 1, statistics: { min: 1, max: 100, mean: 27 } },
        { name: 'n', missing: 1, statistics: { min: 1, max: 10, mean: 5 } },
        { name: 'b', missing: 1 },
        { name: 'y', missing: 0 },
      ],
    })
  })

  it('is one that is not there, an empty list, or a feature of no kind', async () => {
    for (const bytes of [lacking(bare), lacking(empty), hollow]) {
      expect(await inputsOf((await prepare(bytes)).source, 3)).toEqual([4, 50, 5, 5, 10])
    }
  })

  it.each<[string, Readonly<Record<string, TestFeature>>, MissingPolicy, string]>([
    ['nothing says what it becomes', bare, 'refuse', 'feature "x", missing from the example'],
    [
      'its list is empty and nothing says what it becomes',
      empty,
      'refuse',
      'feature "x", expected 2 float values, got 0',
    ],
    ['a part of it is there', { ...whole, x: { float: [1] } }, 'mean', 'feature "x", expected 2 float values, got 1'],
    [
      'its bytes are too few',
      { ...whole, b: { bytes: [''] } },
      'mean',
      'feature "b", expected a value of 2 bytes, got 0',
    ],
    [
      'it is NaN',
      { ...whole, x: { float: [1, Number.NaN] } },
      'mean',
      'feature "x", expected a number within float32, got NaN',
    ],
    ['it is of another kind', { ...whole, x: { int64: [] } }, 'mean', 'expected float values, got int64 values'],
    ['it is the label', { ...whole, y: { float: [] } }, 'mean', 'feature "y", expected 1 float values, got 0'],
  ])('is refused where %s', async (_when, last, missing, reason) => {
    const error = await rejectionOf(TrainingError, () => prepare(lacking(last), missing))
    expect(error.code).toBe('DATASET_INVALID')
    expect(error.message).toContain(`record 4, ${reason.startsWith('feature') ? '' : 'feature "x", '}${reason}`)
  })

  it('is refused where no training row has one to learn from', async () => {
    const error = await rejectionOf(TrainingError, () => prepare(tfrecordOf([bare, bare])))
    expect(error.message).toContain('no training row has a number to take the mean of')
  })
})

async function inputsOf(source: PreparedDataset['source'], row: number): Promise<number[]> {
  const { inputs } = await source.gather(Uint32Array.of(row))
  return [...(inputs[0] ?? [])]
}
