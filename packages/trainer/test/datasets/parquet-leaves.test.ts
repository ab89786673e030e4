import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import { canonicalizeJson, createMerkleTree, TrainingError, utf8Decode, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openParquet } from '../../src/datasets/parquet-file.ts'
import { hashParquetRows, readParquetLeaves } from '../../src/datasets/parquet-leaves.ts'
import { rejectionOf } from '../error-of.ts'

const vectors = join(import.meta.dirname, '../../../../vectors/parquet')
const { signal } = new AbortController()

let directory = ''
let files = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-leaves-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function parquetOf(query: string, options = ''): Promise<string> {
  const path = join(directory, String(files++))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`)
  connection.closeSync()
  instance.closeSync()
  return path
}

async function leavesOf(path: string): Promise<string[]> {
  const leaves: string[] = []
  await readParquetLeaves(path, (leaf) => leaves.push(utf8Decode(leaf)))
  return leaves
}

describe('the leaves of a Parquet file', () => {
  it.each(['rows.parquet', 'rows-otherwise.parquet'])('are those that another encoder gives, of %s', async (name) => {
    const path = join(vectors, name)
    const { rows, root } = JSON.parse(await readFile(join(vectors, 'rows.json'), 'utf8'))
    expect(await leavesOf(path)).toEqual(rows)
    expect(await hashParquetRows(await openParquet(path), signal)).toEqual({
      merkle: { kind: 'values', leaves: rows.length, root },
    })
  })

  it.each([
    ['1::SMALLINT', '"int16",1'],
    ['1::UTINYINT', '"uint8",1'],
    ['1::USMALLINT', '"uint16",1'],
    ['4294967295::UINTEGER', '"uint32",4294967295'],
    [`TIMETZ '01:02:03+02'`, '{"time":"us","utc":true},"82923000000"'],
    [`UUID '00000000-0000-0000-0000-00000000000a'`, '"uuid","00000000-0000-0000-0000-00000000000a"'],
    [`UUID 'ffffffff-ffff-ffff-ffff-ffffffffffff'`, '"uuid","ffffffff-ffff-ffff-ffff-ffffffffffff"'],
    ['INTERVAL 14 MONTH + INTERVAL 3 DAY', '"interval",[14,3,"0"]'],
    ['-0.05::DECIMAL(4, 3)', '{"decimal":[4,3]},"-0.050"'],
    [
      '12345678901234567890123456789012345678::DECIMAL(38, 0)',
      '{"decimal":[38,0]},"12345678901234567890123456789012345678"',
    ],
    [`'a'::ENUM('a', 'b')`, '"string","a"'],
  ])('spell %s', async (value, expected) => {
    expect(await leavesOf(await parquetOf(`SELECT ${value} AS x`))).toEqual([`[["x",${expected}]]`])
  })

  it('are canonical JSON, and differ wherever a value or a type does', async () => {
    const values = [
      ...['1::INT', '1::BIGINT', '1::DOUBLE', '1::FLOAT', `'1'`, '1::DECIMAL(5, 0)', '1::DECIMAL(5, 1)', 'true'],
      ...['NULL::INT', 'NULL::VARCHAR', `''`, `'null'`, `''::BLOB`, `'NaN'`, `'NaN'::DOUBLE`, `'NaN'::FLOAT`],
      ...['0::DOUBLE', '-0.0::DOUBLE', `'-0'`, '[1]', '[NULL]::INT[]', '[]::INT[]', 'NULL::INT[]', '[[1]]'],
      ...[`{'a': 1}`, `{'b': 1}`, `{'a': [1]}`, `MAP {'a': 1}`, `DATE '1970-01-02'`, `TIMESTAMP '1970-01-02'`],
    ]
    const leaves: string[] = []
    for (const value of values) leaves.push(...(await leavesOf(await parquetOf(`SELECT ${value} AS x`))))
    expect(new Set(leaves).size).toBe(values.length)
    for (const leaf of leaves) expect(utf8Decode(canonicalizeJson(JSON.parse(leaf)))).toBe(leaf)
  })

  it('are the same however the file is written', async () => {
    const cell = fc.record({
      x: fc.oneof(
        fc.constant('NULL'),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => `${value}::DOUBLE`),
      ),
      words: fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '\\', '\n') })),
    })
    const written = fc.tuple(fc.constantFrom('zstd', 'snappy', 'uncompressed'), fc.constantFrom('v1', 'v2'))
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 8 }), written, async (cells, [codec, version]) => {
        const rows = cells.map(({ x, words }) => `(${x}, [${words.map((word) => `'${word}'`).join(', ')}]::VARCHAR[])`)
        const query = `SELECT x::DOUBLE AS x, words FROM (VALUES ${rows.join(', ')}) t(x, words)`
        const leaves = await leavesOf(await parquetOf(query))
        expect(await leavesOf(await parquetOf(query, `, COMPRESSION ${codec}, PARQUET_VERSION ${version}`))).toEqual(
          leaves,
        )
        expect(leaves.map((leaf) => JSON.parse(leaf)[1][2])).toEqual(cells.map(({ words }) => words))
        const tree = createMerkleTree()
        for (const leaf of leaves) tree.add(utf8Encode(leaf))
      }),
      { numRuns: 10 },
    )
  })
})

describe('a Parquet file with a value that has no leaf', () => {
  it.each([
    [
      'a decimal that DuckDB would round',
      () => Promise.resolve(join(vectors, 'long-decimal.parquet')),
      'more than 38 digits',
    ],
    ['a name that JavaScript has taken', () => parquetOf(`SELECT {'__proto__': 1} AS x`), 'column "x"'],
  ])('has no root, and says why: %s', async (_what, make, reason) => {
    const path = await make()
    expect(await hashParquetRows(await openParquet(path), signal)).toEqual({
      merkleUnavailable: expect.stringContaining(reason),
    })
    expect((await rejectionOf(TrainingError, () => leavesOf(path))).code).toBe('DATASET_INVALID')
  })

  it('is not one whose hashing was stopped', async () => {
    const parquet = await openParquet(await parquetOf('SELECT 1 AS x'))
    await expect(hashParquetRows(parquet, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
