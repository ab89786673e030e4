/** What can be proved of the rows of a Parquet file, and of the records of a TFRecord file. @module */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createKerasModel } from '@aibomgen/trainer/keras'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPlace, type Ended, type Place } from './run-cli.ts'

const fixtures = fileURLToPath(new URL('../../pipeline/test/fixtures/', import.meta.url))
const SHAPES = 'input_shape: [2]\noutput_shape: [1]\npreprocessing: { normalize: true }\n'

let place: Place
const at = (name: string): string => join(place.directory, name)

beforeAll(async () => {
  place = await createPlace()
  await writeFile(at('model.keras'), createModel())
})
afterAll(() => place[Symbol.asyncDispose]())

describe.each([
  {
    type: 'parquet',
    definition: `type: parquet\ncolumns: { x: float, n: int, y: text }\nlabel: y\n${SHAPES}`,
    what: 'row 17',
    entry: { values: { row: 17, values: '[["x","float64",8],["n","int64","0"],["y","string","high"]]' } },
    contentOf: (proof: Proof) => `${proof.values?.values}\n`,
    change: (text: string) => text.replace(String.raw`\"high\"`, String.raw`\"low\"`),
  },
  {
    type: 'tfrecord',
    definition: `type: tfrecord\nfeatures: { x: { shape: [1], dtype: float32 }, n: { shape: [1], dtype: int64 } }
label: { name: y, dtype: string }\n${SHAPES}`,
    what: 'record 17',
    entry: { record: { record: 17, bytes: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) } },
    contentOf: (proof: Proof) => Buffer.from(proof.record?.bytes ?? '', 'base64'),
    change: (text: string) => text.replace(/"bytes":"./, '"bytes":"A'),
  },
])('dataset prove --row, of $type', ({ type, definition, what, entry, contentOf, change }) => {
  const dataset = join(fixtures, `rows.${type}`)
  const release = (): string => at(type)
  const check = (proof: string, ...more: string[]): Promise<Ended> =>
    place.run('dataset', 'check', at(proof), '--release', release(), ...more)
  const prove = (...more: string[]): Promise<Ended> =>
    place.run('dataset', 'prove', '--row', '17', '--release', release(), ...more)

  beforeAll(async () => {
    await writeFile(at('definition.yaml'), definition)
    const trained = await place.run(
      ...['train', '--model', at('model.keras'), '--dataset', dataset, '--definition', at('definition.yaml')],
      ...['--epochs', '1', '--seed', '7', '--out', release(), '--json'],
    )
    expect(trained).toMatchObject({ exitCode: 0 })
    await prove('--dataset', dataset, '--out', at('proof.json'))
  }, 120_000)

  it('gives a proof with the row in it, which holds against the release', async () => {
    const proof = JSON.parse(await readFile(at('proof.json'), 'utf8'))
    expect(proof).toMatchObject({ index: 16, leaves: 40, ...entry })
    await writeFile(at('content'), contentOf(proof))
    expect(await check('proof.json', '--file', at('content'))).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`${what} was in the data set`),
    })
  })

  it('refuses another row in the proof, and beside it', async () => {
    const proof = await readFile(at('proof.json'), 'utf8')
    expect(change(proof)).not.toBe(proof)
    await writeFile(at('changed.json'), change(proof))
    await writeFile(at('other'), `${String(contentOf(JSON.parse(proof)))} `)
    const results = [await check('changed.json'), await check('proof.json', '--file', at('other'))]
    expect(results.map(({ exitCode }) => exitCode)).toEqual([1, 1])
    expect(results.map(({ stderr }) => /error ([A-Z_]+)/.exec(stderr)?.[1])).toEqual([
      'EVIDENCE_MISMATCH',
      'DIGEST_MISMATCH',
    ])
  })

  it('refuses a data set with a changed row', async () => {
    const bytes = await readFile(dataset)
    await writeFile(at('changed'), bytes.with(Math.floor(bytes.length / 2), 0))
    expect(await prove('--dataset', at('changed'))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('DIGEST_MISMATCH'),
    })
  })
})

interface Proof {
  readonly values?: { readonly values: string }
  readonly record?: { readonly bytes: string }
}

function createModel(): Uint8Array {
  return createKerasModel({
    name: 'small',
    input: [2],
    layers: [{ type: 'Dense', units: 1, activation: 'sigmoid' }],
    compile: { optimizer: { type: 'Adam' }, loss: 'binary_crossentropy' },
    seed: 1,
  })
}
