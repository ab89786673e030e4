import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'

import { ArtifactError, concatBytes, ParseError, SdkError, TrainingError, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { TfrecordDefinition } from '../../src/dataset-definition.ts'
import { crc32c, maskedCrc32c } from '../../src/datasets/crc32c.ts'
import type { Cell } from '../../src/datasets/field-encoder.ts'
import { planExamples } from '../../src/datasets/plan.ts'
import { tfrecordCompressionOf } from '../../src/datasets/tfrecord-format.ts'
import { readTfrecords } from '../../src/datasets/tfrecord-records.ts'
import { readExamples } from '../../src/datasets/tfrecord.ts'
import { rejectionOf } from '../error-of.ts'
import { inMemory } from './raw-tables.ts'
import { delimited, exampleOf, recordOf, tfrecordOf, varint, type TestFeature } from './tfrecords.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-tfrecord-'))
})
afterAll(() => rm(directory, { recursive: true }))

const definition: TfrecordDefinition = {
  type: 'tfrecord',
  features: [
    { name: 'x', shape: [2], dtype: 'float32' },
    { name: 'n', shape: [1], dtype: 'int64' },
    { name: 'pixels', shape: [3], dtype: 'bytes' },
  ],
  label: { name: 'y', dtype: 'string' },
  flattenFeatures: true,
  inputShape: [6],
  outputShape: [2],
  missing: 'refuse',
  preprocessing: {},
}
const good: Readonly<Record<string, TestFeature>> = {
  x: { float: [1.5, -2] },
  n: { int64: [-7] },
  pixels: { bytes: [Uint8Array.of(0, 128, 255)] },
  y: { bytes: ['yes'] },
}
const GOOD_CELLS = [1.5, -2, -7, 0, 128, 255]

/** The numbers of each row, and its label. */
async function read(bytes: Uint8Array, changed: Partial<TfrecordDefinition> = {}): Promise<Cell[][]> {
  const path = join(directory, 'dataset')
  await writeFile(path, bytes)
  const described = { ...definition, ...changed }
  const { outputs } = planExamples(described, {
    inputs: [{ name: 'in', shape: [6] }],
    outputs: [{ name: 'out', shape: [2], labelKind: 'sparse' }],
  })
  using examples = await readExamples(path, described, { outputs, storage: inMemory })
  const { raw } = examples
  const label = raw.fields.at(-1)
  return Array.from({ length: raw.rows }, (_, row) => {
    const values = [...raw.store.gather(Uint32Array.of(row))]
    const last = values.pop() ?? 0
    return [...values, label?.kind === 'word' ? (label.words[label.rankOf[last] ?? 0] ?? '') : last]
  })
}

const record = recordOf(exampleOf(good))
const flipped = (bytes: Uint8Array, index: number): Uint8Array =>
  bytes.with(index < 0 ? bytes.length + index : index, (bytes.at(index) ?? 0) ^ 1)

describe('CRC-32C', () => {
  it.each([
    ['nothing', new Uint8Array(0), 0],
    ['the check value', utf8Encode('123456789'), 0xe3069283],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 … 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ])('of %s is as RFC 3720 and its catalogue say', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
  })

  it('is masked as TensorFlow masks it', () => {
    expect(maskedCrc32c(Uint8Array.of(0x58, 0, 0, 0, 0, 0, 0, 0))).toBe(0x8c2f8ba2)
  })
})

describe('TFRecord', () => {
  it.each<[string, Uint8Array]>([
    ['as it is', concatBytes(record, record)],
    ['in GZIP', gzipSync(concatBytes(record, record))],
    ['in two members of GZIP', concatBytes(gzipSync(record), gzipSync(record))],
    ['in ZLIB', deflateSync(concatBytes(record, record))],
  ])('is read %s', async (_, bytes) => {
    expect(await read(bytes)).toEqual([
      [...GOOD_CELLS, 'yes'],
      [...GOOD_CELLS, 'yes'],
    ])
  })

  it('is read over many chunks, in order', async () => {
    const examples = Array.from({ length: 20_000 }, (_, row) => ({ ...good, n: { int64: [row] } }))
    const rows = await read(gzipSync(tfrecordOf(examples)))
    expect(rows.map((row) => row[2])).toEqual(examples.map((_, row) => row))
  })

  it.each<[string, Uint8Array, { row?: number; reason: RegExp }]>([
    ['an empty file', new Uint8Array(0), { row: 1, reason: /no TFRecord file/ }],
    ['a text', utf8Encode('x,y\n1,2\n'.repeat(4)), { row: 1, reason: /no TFRecord file/ }],
    ['a wrong checksum of its first length', flipped(record, 9), { row: 1, reason: /no TFRecord file/ }],
    [
      'a wrong checksum of a length',
      concatBytes(record, flipped(record, 9)),
      { row: 2, reason: /length whose checksum/ },
    ],
    ['another length', concatBytes(record, flipped(record, 0)), { row: 2, reason: /length whose checksum/ }],
    [
      'a wrong checksum of its bytes',
      concatBytes(record, flipped(record, -1)),
      { row: 2, reason: /checksum that is not/ },
    ],
    ['other bytes', concatBytes(record, flipped(record, 20)), { row: 2, reason: /checksum that is not/ }],
    ['a record cut short', concatBytes(record, record.subarray(0, -1)), { row: 2, reason: /cut short after/ }],
    ['a header cut short', concatBytes(record, record.subarray(0, 5)), { row: 2, reason: /cut short after 5 bytes/ }],
    ['a record of 2^62 bytes', concatBytes(record, headerOf(2n ** 62n)), { row: 2, reason: /at most 67108864 bytes/ }],
    ['a record of 64 MiB and a byte', headerOf(2n ** 26n + 1n), { row: 1, reason: /at most 67108864 bytes/ }],
    ['GZIP cut short', gzipSync(record).subarray(0, -9), { reason: /cannot be decompressed/ }],
    ['GZIP of nothing', gzipSync(new Uint8Array(0)), { reason: /no record/ }],
    ['broken GZIP', flipped(gzipSync(concatBytes(record, record)), -6), { reason: /cannot be decompressed/ }],
    ['GZIP of GZIP', gzipSync(gzipSync(record)), { row: 1, reason: /length whose checksum/ }],
  ])('of %s is refused, with its place', async (_, bytes, { row, reason }) => {
    const error = await rejectionOf(TrainingError, () => read(bytes))
    expect(error.code).toBe('DATASET_INVALID')
    expect(error.message).toMatch(reason)
    expect((error.detail as { row?: number }).row).toBe(row)
  })

  it('is said by record and offset', async () => {
    const { message } = await rejectionOf(TrainingError, () => read(concatBytes(record, record.subarray(0, 20))))
    expect(message).toBe(`data set: record 2, offset ${record.length}, cut short after 20 bytes`)
  })

  it('tells of a file that is not there as such', async () => {
    const error = await rejectionOf(ArtifactError, async () => {
      for await (const { record: number } of readTfrecords(join(directory, 'missing')))
        throw new Error(`record ${number}`)
    })
    expect(error.code).toBe('FILE_UNREADABLE')
  })

  it.each([
    ['none', record],
    ['gzip', gzipSync(record)],
    ['zlib', deflateSync(record)],
    ['zlib', deflateSync(record, { level: 1 })],
    ['none', recordOf(new Uint8Array(0x8b1f))],
    ['none', recordOf(new Uint8Array(0x78))],
    [undefined, utf8Encode('hello, world')],
  ])('tells compression %s by how a file begins', (compression, bytes) => {
    expect(tfrecordCompressionOf(bytes)).toBe(compression)
  })
})

describe('an example', () => {
  it.each<[string, Readonly<Record<string, TestFeature>>]>([
    ['with packed lists', good],
    [
      'with lists that are not packed',
      {
        ...good,
        x: { float: [1.5, -2], isUnpacked: true },
        n: { int64: [-7], isUnpacked: true },
      },
    ],
    ['with other features', { ...good, other: { float: [1, 2, 3] }, another: { bytes: [] } }],
    ['in another order', Object.fromEntries(Object.entries(good).reverse())],
  ])('is read %s', async (_, features) => {
    expect(await read(tfrecordOf([features]))).toEqual([[...GOOD_CELLS, 'yes']])
  })

  it('is read with unknown fields, in pieces and in several messages', async () => {
    const unknown = concatBytes(varint(9 << 3), varint(5), varint((10 << 3) | 1), new Uint8Array(8))
    const { y, ...rest } = good
    if (y === undefined) throw new Error('no label')
    const bytes = concatBytes(unknown, exampleOf(rest), delimited(7, utf8Encode('?')), exampleOf({ y }))
    expect(await read(recordOf(bytes))).toEqual([[...GOOD_CELLS, 'yes']])
  })

  it.each<[string, Readonly<Record<string, TestFeature>>, string, RegExp]>([
    ['without a feature', { ...good, x: { float: [] } }, 'x', /expected 2 float values, got 0/],
    ['with too few values', { ...good, x: { float: [1] } }, 'x', /expected 2 float values, got 1/],
    ['with too many values', { ...good, x: { float: [1, 2, 3] } }, 'x', /expected 2 float values, got 3/],
    ['with values of another kind', { ...good, x: { int64: [1, 2] } }, 'x', /expected float values, got int64 values/],
    ['with NaN', { ...good, x: { float: [1, Number.NaN] } }, 'x', /a number within float32, got NaN/],
    ['with infinity', { ...good, x: { float: [1, Infinity] } }, 'x', /a number within float32, got Infinity/],
    ['with an integer beyond 2^53', { ...good, n: { int64: [2n ** 53n] } }, 'n', /an integer within/],
    ['with an integer below −2^53', { ...good, n: { int64: [-(2n ** 63n)] } }, 'n', /an integer within/],
    ['with too few bytes', { ...good, pixels: { bytes: [new Uint8Array(2)] } }, 'pixels', /a value of 3 bytes, got 2/],
    ['with two values of bytes', { ...good, pixels: { bytes: ['abc', 'abc'] } }, 'pixels', /1 bytes values, got 2/],
    ['with a label that is not UTF-8', { ...good, y: { bytes: [Uint8Array.of(0xff)] } }, 'y', /not UTF-8/],
  ])('%s is refused by record and feature', async (_, features, feature, reason) => {
    const error = await rejectionOf(TrainingError, () => read(tfrecordOf([good, features])))
    expect(error.message).toMatch(reason)
    expect(error.detail).toMatchObject({ row: 2, column: feature })
  })

  it('without one of the features at all is refused', async () => {
    const { n: _n, ...rest } = good
    const error = await rejectionOf(TrainingError, () => read(tfrecordOf([rest])))
    expect(error.message).toBe('data set: record 1, feature "n", missing from the example')
  })

  it('with a feature twice is refused', async () => {
    const bytes = concatBytes(exampleOf(good), exampleOf(good))
    expect((await rejectionOf(TrainingError, () => read(recordOf(bytes)))).message).toContain('twice in one example')
  })

  it.each<[string, Uint8Array]>([
    ['a field that is longer than its message', Uint8Array.of(0x0a, 0x7f)],
    ['an endless integer', new Uint8Array(20).fill(0xff)],
    ['a group', Uint8Array.of(0x0b)],
    ['field 0', Uint8Array.of(0x02, 0x00)],
    ['a length beyond 32 bits', concatBytes(Uint8Array.of(0x0a), varint(2n ** 40n))],
    ['a length below 0', concatBytes(Uint8Array.of(0x0a), varint(-1))],
    ['a length that no float holds', concatBytes(Uint8Array.of(0x0a), varint(2n ** 63n))],
    ['an integer where a message should be', concatBytes(Uint8Array.of(0x08), varint(1))],
  ])('of %s is refused', async (_, bytes) => {
    expect((await rejectionOf(TrainingError, () => read(recordOf(bytes)))).message).toContain('no tf.train.Example')
  })

  it('may be of any number that its list can hold', async () => {
    const numbers = fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger(), fc.boolean())
    await fc.assert(
      fc.asyncProperty(fc.array(numbers, { minLength: 1, maxLength: 20 }), async (cells) => {
        const examples = cells.map(([x, n, isUnpacked]) => ({
          ...good,
          x: { float: [x, 0], isUnpacked },
          n: { int64: [n], isUnpacked },
        }))
        const rows = await read(tfrecordOf(examples))
        expect(rows.map(([x, , n]) => [x, n])).toEqual(cells.map(([x, n]) => [x, n]))
      }),
      { numRuns: 30 },
    )
  })

  it('makes reading throw nothing but our errors, whatever it is', async () => {
    const mutated = fc.tuple(fc.nat(), fc.nat(255), fc.nat()).map(([at, value, cut]) => {
      const bytes = exampleOf(good)
      return bytes.with(at % bytes.length, value).subarray(0, bytes.length - (cut % 8))
    })
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated), async (bytes) => {
        const error = await read(recordOf(bytes)).then(
          () => undefined,
          (cause: unknown) => cause,
        )
        expect(error === undefined || error instanceof SdkError).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('makes reading throw nothing but our errors, whatever its file is', async () => {
    const compressed = fc.uint8Array().map((bytes) => new Uint8Array(gzipSync(bytes)))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), compressed), async (bytes) => {
        const error = await read(bytes).then(
          () => undefined,
          (cause: unknown) => cause,
        )
        expect(error instanceof TrainingError || error instanceof ParseError).toBe(true)
      }),
    )
  })
})

function headerOf(length: bigint): Uint8Array {
  const header = new Uint8Array(12)
  const view = new DataView(header.buffer)
  view.setBigUint64(0, length, true)
  view.setUint32(8, maskedCrc32c(header.subarray(0, 8)), true)
  return header
}
