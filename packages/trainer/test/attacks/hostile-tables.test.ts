/** Data sets made to reach other files, or to take more than they are worth. @module */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { concatBytes, TrainingError, utf8Encode } from '@aibomgen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { TableDefinition, TfrecordDefinition } from '../../src/dataset-definition.ts'
import { readCsv } from '../../src/datasets/csv.ts'
import { withDuckDb } from '../../src/datasets/duckdb.ts'
import { createFieldEncoders } from '../../src/datasets/field-encoder.ts'
import { readParquet } from '../../src/datasets/parquet.ts'
import { readExamples } from '../../src/datasets/tfrecord.ts'
import { inMemory, planOf } from '../datasets/raw-tables.ts'
import { delimited, exampleOf, recordOf, tfrecordOf, varint } from '../datasets/tfrecords.ts'
import { rejectionOf } from '../error-of.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-hostile-'))
})
afterAll(() => rm(directory, { recursive: true }))

const { outputs } = planOf(['x'], 'y', { labelKind: 'sparse', inputShape: [1], outputShape: [2] })
const options = { outputs, storage: inMemory }

async function fileOf(bytes: Uint8Array | string): Promise<string> {
  const path = join(directory, 'dataset')
  await writeFile(path, bytes)
  return path
}

describe('DuckDB', () => {
  it.each([
    ['another file', `SELECT * FROM read_text('/etc/passwd')`],
    ['another CSV', `SELECT * FROM read_csv('/etc/passwd')`],
    ['another Parquet file', `SELECT * FROM read_parquet('/etc/*')`],
    ['a directory', `SELECT * FROM glob('/*')`],
    ['the network', `SELECT * FROM read_csv('https://example.com/x.csv')`],
    ['an extension', 'INSTALL httpfs'],
    ['an extension that is there', 'LOAD httpfs'],
    ['a database', `ATTACH '/tmp/other.db'`],
    ['its own settings', 'SET enable_external_access = true'],
    ['a list of files', `SET allowed_paths = ['/etc/passwd']`],
  ])('cannot reach %s', async (_, query) => {
    const path = await fileOf('x,y\n1,0\n')
    const error = await rejectionOf(TrainingError, async () => {
      const running = withDuckDb({ path, advice: '' }, async function* (connection) {
        yield (await connection.runAndReadAll(query)).getRows()
      })
      for await (const rows of running) throw new Error(`read ${rows.length} rows`)
    })
    expect(error.code).toBe('DATASET_INVALID')
  })

  it('cannot write, not even beside its file', async () => {
    const path = await fileOf('x,y\n1,0\n')
    const error = await rejectionOf(TrainingError, async () => {
      const running = withDuckDb({ path, advice: '' }, async function* (connection) {
        yield await connection.run(`COPY (SELECT 1) TO '${join(directory, 'written.csv')}'`)
      })
      for await (const result of running) throw new Error(`wrote ${result.rowCount} rows`)
    })
    expect(error.code).toBe('DATASET_INVALID')
  })
})

describe('a hostile CSV', () => {
  const columnsOf = (name: string): TableDefinition => ({
    type: 'csv',
    columns: [
      { name, type: 'category' },
      { name: 'y', type: 'int' },
    ],
    label: 'y',
    missing: 'refuse',
    inputShape: [1],
    outputShape: [2],
    preprocessing: {},
  })

  it.each([`c0'); ATTACH '/tmp/x`, '"); DROP TABLE t; --', `c0, (SELECT content FROM read_text('/etc/passwd'))`, 'c1'])(
    'is not queried by its own header %s',
    async (name) => {
      const path = await fileOf(`"${name.replaceAll('"', '""')}",y\nword,1\n`)
      using table = await readCsv(path, columnsOf(name), options)
      expect(table.raw.fields[0]).toMatchObject({ name, words: ['word'] })
    },
  )

  it('of a row that never ends is refused', async () => {
    const path = await fileOf(`x,y\n"${'a'.repeat(2 ** 22)}",1\n`)
    expect((await rejectionOf(TrainingError, () => readCsv(path, columnsOf('x'), options))).code).toBe(
      'DATASET_INVALID',
    )
  })

  it('of more words than a document can name is refused', () => {
    const [encoder] = createFieldEncoders([
      { name: 'x', type: 'category', width: 1, mayBeMissing: false, isCounted: false },
    ])
    const block = new Float64Array(1)
    for (let word = 0; word < 1_000_000; word++) {
      if (encoder?.put(String(word), block, 0) !== undefined) throw new Error(`word ${word} is refused`)
    }
    expect(encoder?.put('0', block, 0)).toBeUndefined()
    expect(encoder?.put('one more', block, 0)).toBe('at most 1000000 different values in all')
    expect(encoder?.put('a'.repeat(65_537), block, 0)).toBeDefined()
  })
})

describe('a hostile TFRecord file', () => {
  const definition: TfrecordDefinition = {
    type: 'tfrecord',
    features: [{ name: 'x', shape: [1], dtype: 'float32' }],
    label: { name: 'y', dtype: 'int64' },
    flattenFeatures: true,
    inputShape: [1],
    outputShape: [2],
    missing: 'refuse',
    preprocessing: {},
  }
  const example = { x: { float: [1] }, y: { int64: [1] } }
  const refusal = async (bytes: Uint8Array): Promise<TrainingError> =>
    rejectionOf(TrainingError, async () => readExamples(await fileOf(bytes), definition, options))

  it('that becomes a thousand times as large is refused where it stops being one', async () => {
    const bomb = gzipSync(concatBytes(tfrecordOf([example]), new Uint8Array(2 ** 26)))
    expect(bomb.length).toBeLessThan(2 ** 17)
    expect((await refusal(bomb)).detail).toMatchObject({ row: 2, reason: 'a length whose checksum is wrong' })
  })

  it('of messages within messages is passed over without going into them', async () => {
    let nested = new Uint8Array(0)
    for (let depth = 0; depth < 3000; depth++) nested = Uint8Array.from(delimited(3, nested))
    const bytes = recordOf(concatBytes(nested, exampleOf(example)))
    using examples = await readExamples(await fileOf(bytes), definition, options)
    expect(examples.raw.rows).toBe(1)
  })

  it('of a list of very many values for one keeps none of them', async () => {
    const error = await refusal(tfrecordOf([{ ...example, x: { float: new Array<number>(50_000).fill(1) } }]))
    expect(error.detail).toMatchObject({ row: 1, column: 'x', reason: 'expected 1 float values, got 50000' })
  })

  it('of features named alike but for what UTF-8 cannot spell is refused', async () => {
    const entry = concatBytes(delimited(1, Uint8Array.of(0x78, 0xff)), delimited(2, new Uint8Array(0)))
    const bytes = concatBytes(exampleOf(example), delimited(1, delimited(1, entry)))
    expect((await refusal(recordOf(bytes))).message).toContain('not UTF-8')
  })

  it('of a length that says more than there is reads nothing beyond', async () => {
    const bytes = concatBytes(Uint8Array.of(0x0a), varint(2 ** 31), exampleOf(example))
    expect((await refusal(recordOf(bytes))).message).toContain('cut short')
  })
})

describe('a hostile Parquet file', () => {
  it.each<[string, Uint8Array]>([
    ['is none', utf8Encode('x,y\n1,2\n')],
    ['says PAR1 and no more', utf8Encode('PAR1')],
    [
      'has a footer larger than itself',
      concatBytes(utf8Encode('PAR1'), Uint8Array.of(0xff, 0xff, 0xff, 0x7f), utf8Encode('PAR1')),
    ],
    ['has a footer of nothing', concatBytes(utf8Encode('PAR1'), new Uint8Array(4), utf8Encode('PAR1'))],
    [
      'is encrypted',
      concatBytes(utf8Encode('PAR1'), new Uint8Array(64), Uint8Array.of(16, 0, 0, 0), utf8Encode('PARE')),
    ],
  ])('that %s is refused', async (_, bytes) => {
    const table: TableDefinition = {
      type: 'parquet',
      columns: [
        { name: 'x', type: 'float' },
        { name: 'y', type: 'int' },
      ],
      label: 'y',
      missing: 'refuse',
      inputShape: [1],
      outputShape: [2],
      preprocessing: {},
    }
    const path = await fileOf(bytes)
    expect((await rejectionOf(TrainingError, () => readParquet(path, table, options))).code).toBe('DATASET_INVALID')
  })
})
