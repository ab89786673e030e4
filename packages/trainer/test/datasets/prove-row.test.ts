import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'

import { concatBytes, createMerkleTree, utf8Encode, verifyDatasetProof, type DatasetEntry } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { readCsvStructure } from '../../src/datasets/csv-structure.ts'
import { proveDatasetRow } from '../../src/datasets/prove-row.ts'
import { createRowTree, type RowKind, type RowsRoot, type RowTree } from '../../src/datasets/row-tree.ts'
import { readTfrecords } from '../../src/datasets/tfrecord-records.ts'
import { recordOf } from './tfrecords.ts'

const vectors = join(import.meta.dirname, '../../../../vectors/parquet')

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-rows-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('the rows of a CSV file', () => {
  it.each([
    ['LF', 'a,b\n1,2\n3,4\n', ['1,2', '3,4']],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', ['1,2', '3,4']],
    ['no end of the last line', 'a,b\n1,2\n3,4', ['1,2', '3,4']],
    ['blank lines', 'a,b\n\n1,2\n\n\n3,4\n\n', ['1,2', '3,4']],
    ['a byte order mark', '\ufeffa,b\n1,2\n', ['1,2']],
    ['line feeds in quotes', 'a,b\n"1\n2",""\n"x""\n\n",4\n', ['"1\n2",""', '"x""\n\n",4']],
    ['carriage returns in quotes', 'a,b\r\n"1\r\n2",3\r\n', ['"1\r\n2",3']],
    ['letters of many bytes', 'ä\nö€😀\n', ['ö€😀']],
    ['no row', 'a,b\n', []],
  ])('are the exact bytes of their records, with %s', async (_what, text, expected) => {
    expect(await recordsOf(text)).toEqual(expected)
  })

  it('are the same wherever the file is cut into parts', async () => {
    const cell = fc.string({ unit: fc.constantFrom('x', '1', 'é', '\n', '"', ','), maxLength: 40_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 20 }), async (cells) => {
        const records = cells.map((text) => `"${text.replaceAll('"', '""')}",1`)
        expect(await recordsOf(['a,b', ...records].join('\n'))).toEqual(records)
      }),
      { numRuns: 30 },
    )
  })

  it('can each be proved', async () => {
    const records = ['1,x', '"2\n",y', '3,z', '4,', '5,x']
    const path = join(directory, 'data.csv')
    await writeFile(path, ['a,b', ...records, ''].join('\n'))
    const tree = createMerkleTree()
    for (const record of records) tree.add(utf8Encode(record))
    const root = { kind: 'rows', ...tree.root() } as const
    for (const [index, record] of records.entries()) {
      const proof = await proveDatasetRow(path, index + 1, root)
      expect(proof).toMatchObject({ row: { row: index + 1, record } })
      verifyDatasetProof(proof, root)
    }
    for (const row of [0, 6, 1.5, Number.NaN]) {
      await expect(proveDatasetRow(path, row, root)).rejects.toMatchObject({ code: 'DATASET_INVALID' })
    }
  })
})

describe('the records of a TFRecord file', () => {
  const records = ['one', '', 'three', '\0'].map((text) => utf8Encode(text))
  const framed = concatBytes(...records.map(recordOf))

  it.each([
    ['as they are', framed],
    ['in GZIP', gzipSync(framed)],
    ['in ZLIB', deflateSync(framed)],
  ])('are their exact bytes, %s, and can each be proved', async (_how, bytes) => {
    const path = join(directory, 'records')
    await writeFile(path, bytes)
    const tree = createRowTree('records')
    for await (const record of readTfrecords(path)) tree.add(record.bytes)
    const root = rootOf(tree)
    const expected = createMerkleTree()
    for (const record of records) expected.add(record)
    expect(root).toEqual({ kind: 'records', ...expected.root() })
    for (const [index, record] of records.entries()) {
      const proof = await proveDatasetRow(path, index + 1, root)
      expect(proof).toMatchObject({ record: { record: index + 1, bytes: record } } satisfies DatasetEntry)
      verifyDatasetProof(proof, root)
    }
    await expect(proveDatasetRow(path, 1, { ...root, leaves: 3 })).rejects.toMatchObject({ code: 'DATASET_INVALID' })
  })
})

describe('the rows of a Parquet file', () => {
  it('can each be proved', async () => {
    const path = join(vectors, 'rows.parquet')
    const { rows, root: sha256 } = JSON.parse(await readFile(join(vectors, 'rows.json'), 'utf8'))
    const root = { kind: 'values', leaves: rows.length, root: sha256 } as const
    for (const [index, values] of rows.entries()) {
      const proof = await proveDatasetRow(path, index + 1, root)
      expect(proof).toMatchObject({ values: { row: index + 1, values } })
      verifyDatasetProof(proof, root)
    }
  })
})

it('a row that no proof could hold leaves a data set without a root, and says which it is', () => {
  const tree = createRowTree('records')
  tree.add(new Uint8Array(1))
  tree.add(new Uint8Array(64 * 1024 ** 2 + 1))
  expect(tree.root()).toEqual({ merkleUnavailable: 'row 2 has more than 67108864 bytes' })
})

function rootOf<K extends RowKind>(tree: RowTree<K>): NonNullable<RowsRoot<K>['merkle']> {
  return tree.root().merkle ?? expect.fail('no root')
}

async function recordsOf(text: string): Promise<string[]> {
  const path = join(directory, 'records.csv')
  await writeFile(path, text)
  const records: string[] = []
  const tree = createRowTree('rows')
  await readCsvStructure(path, {
    onRow(record) {
      records.push(Buffer.from(record).toString())
      tree.add(record)
    },
  })
  expect(tree.root()).toMatchObject({ merkle: { kind: 'rows', leaves: records.length } })
  return records
}
