/** Data sets for models of several inputs and outputs, whole jobs held against Keras. @module */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runJob } from '../../src/child/run-job.ts'
import { parseMetrics } from '../../src/documents/metrics.ts'
import { stageFiles } from '../child/staged-job.ts'
import { tfrecordOf } from '../datasets/tfrecords.ts'
import { kerasPython, runKeras } from './keras-python.ts'

const ROWS = Array.from({ length: 64 }, (_, row) => {
  const person = [Math.fround(Math.sin(row)), Math.fround(Math.cos(row * 3))]
  const place = [row % 3 === 0 ? 1 : 0, row % 3 === 1 ? 1 : 0, row % 3 === 2 ? 1 : 0]
  return { person, place, cost: Math.fround(person[0] ?? 0) * 2, group: (row * 7) % 3 }
})

const CSV = `
columns: { a: float, b: float, region: category, cost: float, group: int }
inputs: { place: [region], person: [a, b] }
input_shape: { person: [2], place: [3] }
label: { group: group, cost: cost }
output_shape: { cost: [1], group: [3] }
`
const TFRECORD = `
type: tfrecord
features: { place: { shape: [3], dtype: float32 }, person: { shape: [2], dtype: float32 } }
flatten_features: false
input_shape: { person: [2], place: [3] }
label: [{ name: cost, dtype: float32 }, { name: group, dtype: int64 }]
output_shape: [[1], [3]]
`

describe.skipIf(kerasPython === undefined)('Keras, several (skipped without a Python that has Keras)', () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keras-several-'))
    const columns = {
      person: ROWS.map(({ person }) => person),
      place: ROWS.map(({ place }) => place),
      cost: ROWS.map(({ cost }) => cost),
      group: ROWS.map(({ group }) => group),
    }
    await writeFile(join(directory, 'rows.json'), JSON.stringify(columns))
    runKeras('keras_several.py', directory, join(directory, 'rows.json'))
  }, 600_000)
  afterAll(() => rm(directory, { recursive: true }))

  it.each<[string, string, () => Uint8Array | string]>([
    [
      'a CSV',
      CSV,
      () =>
        ['a,b,region,cost,group']
          .concat(
            ROWS.map(({ person, place, cost, group }) => [...person, `r${place.indexOf(1)}`, cost, group].join(',')),
          )
          .join('\n'),
    ],
    [
      'examples',
      TFRECORD,
      () =>
        tfrecordOf(
          ROWS.map(({ person, place, cost, group }) => ({
            person: { float: person },
            place: { float: place },
            cost: { float: [cost] },
            group: { int64: [group] },
          })),
        ),
    ],
  ])('trains two inputs and two outputs on %s as Keras does', async (_, definition, dataset) => {
    const model = await readFile(join(directory, 'model.keras'))
    const parameters = { epochs: 4, batch_size: 8, validation_split: 0.25, shuffle: false, backend: 'wasm' }
    await using job = await stageFiles({ model, dataset: dataset(), definition }, parameters)
    await runJob(job, {
      emit: () => undefined,
      log: () => undefined,
      now: () => performance.now(),
      signal: new AbortController().signal,
    })
    const history = parseMetrics(await readFile(join(job.outputs, 'metrics.json')))
    const reference = JSON.parse(await readFile(join(directory, 'reference.json'), 'utf8'))
    expect(Object.keys(history).sort()).toEqual(Object.keys(reference).sort())
    for (const [name, values] of Object.entries<number[]>(reference)) {
      values.forEach((value, epoch) => expect(history[name]?.[epoch], `${name} ${epoch}`).toBeCloseTo(value, 4))
    }
  })
})
