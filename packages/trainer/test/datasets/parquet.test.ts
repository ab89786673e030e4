import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'
import { ArtifactError, ParseError, TrainingError } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ColumnType, MissingPolicy, TableDefinition } from '../../src/dataset-definition.ts'
import type { Cell } from '../../src/datasets/field-encoder.ts'
import { readParquet } from '../../src/datasets/parquet.ts'
import { rejectionOf } from '../error-of.ts'
import { cellsOf, inMemory, planOf } from './raw-tables.ts'

let directory = ''
let files = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-parquet-'))
})
afterAll(() => rm(directory, { recursive: true }))

/** A Parquet file of what a query gives, as DuckDB writes it. */
async function parquetOf(query: string, options = ''): Promise<string> {
  const path = join(directory, `it's [data]* ${files++}`)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (${query}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet${options})`)
  connection.closeSync()
  instance.closeSync()
  return path
}

interface ReadOptions {
  readonly types?: Readonly<Record<string, ColumnType>>
  readonly missing?: MissingPolicy
}

const { outputs } = planOf(['x'], 'y', { labelKind: 'sparse', inputShape: [1], outputShape: [2] })

async function readFrom(
  path: string,
  { types = { x: 'float', y: 'int' }, missing = 'refuse' }: ReadOptions = {},
): Promise<{ cells: Record<string, Cell[]>; ignoredColumns: readonly string[] }> {
  const definition: TableDefinition = {
    type: 'parquet',
    columns: Object.entries(types).map(([name, type]) => ({ name, type })),
    label: 'y',
    missing,
    inputShape: [1],
    outputShape: [2],
    preprocessing: {},
  }
  using table = await readParquet(path, definition, { outputs, storage: inMemory })
  return { cells: cellsOf(table.raw), ignoredColumns: table.ignoredColumns }
}

const read = async (query: string, options: ReadOptions = {}): Promise<Record<string, Cell[]>> =>
  (await readFrom(await parquetOf(query), options)).cells

describe('Parquet', () => {
  it.each([
    ['TINYINT', -128],
    ['SMALLINT', -32768],
    ['INTEGER', -2147483648],
    ['BIGINT', -9007199254740991],
    ['UTINYINT', 255],
    ['USMALLINT', 65535],
    ['UINTEGER', 4294967295],
    ['UBIGINT', 9007199254740991],
    ['FLOAT', 0.5],
    ['DOUBLE', 0.1],
    ['BOOLEAN', 1],
  ])('reads %s as a number', async (type, value) => {
    expect(await read(`SELECT CAST(${value} AS ${type}) AS x, 1 AS y`)).toEqual({ x: [value], y: [1] })
  })

  it.each([
    ['VARCHAR', `'south'`, 'south'],
    ['INTEGER', '-3', '-3'],
    ['BIGINT', '9007199254740993', '9007199254740993'],
    ['BOOLEAN', 'true', 'true'],
    [`ENUM('north', 'south')`, `'south'`, 'south'],
  ])('reads %s as a category', async (type, value, word) => {
    const query = `SELECT CAST(${value} AS ${type}) AS x, 1 AS y`
    expect(await read(query, { types: { x: 'category', y: 'int' } })).toEqual({ x: [word], y: [1] })
  })

  it('reads whole floats as integers, and classes of text', async () => {
    const query = `SELECT 2.0::DOUBLE AS x, 'yes' AS y`
    expect(await read(query, { types: { x: 'int', y: 'text' } })).toEqual({ x: [2], y: ['yes'] })
  })

  it('reads columns in the definition’s order, and names those that it ignores, whatever they hold', async () => {
    const path = await parquetOf(
      `SELECT [1, 2] AS list, 1 AS y, {'a': 1, 'b': {'c': 2}} AS nested, 'b'::BLOB AS z, 3.5 ::DOUBLE AS x`,
    )
    expect(await readFrom(path)).toEqual({ cells: { x: [3.5], y: [1] }, ignoredColumns: ['list', 'nested', 'z'] })
  })

  it('keeps the order of many rows, over many row groups and dictionaries', async () => {
    const path = await parquetOf(
      `SELECT i::DOUBLE AS x, 'r' || (i % 7) AS r, (i % 2)::INT AS y FROM range(300000) t(i)`,
      ', ROW_GROUP_SIZE 20000',
    )
    const { cells } = await readFrom(path, { types: { x: 'float', r: 'category', y: 'int' } })
    expect(cells['x']?.every((value, row) => value === row)).toBe(true)
    expect(cells['r']?.every((value, row) => value === `r${row % 7}`)).toBe(true)
  })

  it('takes a null as missing where the definition says what becomes of it', async () => {
    const query = 'SELECT * FROM (VALUES (1.5::DOUBLE, 0), (NULL, 1)) t(x, y)'
    expect(await read(query, { missing: 'mean' })).toEqual({ x: [1.5, null], y: [0, 1] })
    const { detail } = await rejectionOf(TrainingError, () => read(query))
    expect(detail).toEqual({ reason: 'expected a number within float32, got nothing', row: 2, column: 'x' })
  })

  it.each<[string, string, ReadOptions, string, { row?: number; column?: string }]>([
    [
      'a decimal',
      'SELECT 1.5::DECIMAL(5, 2) AS x, 1 AS y',
      {},
      'expected integers, floats or booleans for float, got DECIMAL(5,2)',
      { column: 'x' },
    ],
    ['a date', `SELECT DATE '2020-01-01' AS x, 1 AS y`, {}, 'got DATE', { column: 'x' }],
    ['a time', `SELECT TIMESTAMP '2020-01-01' AS x, 1 AS y`, {}, 'got TIMESTAMP', { column: 'x' }],
    ['a list', 'SELECT [1.0, 2.0] AS x, 1 AS y', {}, 'got DECIMAL(2,1)[]', { column: 'x' }],
    ['a structure', `SELECT {'a': 1} AS x, 1 AS y`, {}, 'got STRUCT', { column: 'x' }],
    [
      'bytes',
      `SELECT 'a'::BLOB AS x, 1 AS y`,
      { types: { x: 'category', y: 'int' } },
      'got BLOB (bytes that the file does not call UTF-8 text)',
      { column: 'x' },
    ],
    ['text for a number', `SELECT '1' AS x, 1 AS y`, {}, 'got VARCHAR', { column: 'x' }],
    [
      'a float for a category',
      'SELECT 1.5::DOUBLE AS x, 1 AS y',
      { types: { x: 'category', y: 'int' } },
      'expected texts, integers or booleans for category, got DOUBLE',
      { column: 'x' },
    ],
    ['a missing column', 'SELECT 1 AS y', {}, 'missing from the header, which has "y"', { column: 'x' }],
    ['a column in other letters', 'SELECT 1 AS X, 1 AS y', {}, 'missing from the header', { column: 'x' }],
    ['no rows', 'SELECT 1.5::DOUBLE AS x, 1 AS y WHERE false', {}, 'columns and no rows', {}],
    [
      'a fraction for an integer',
      'SELECT 1.5::DOUBLE AS x, 0.5::DOUBLE AS y',
      {},
      'expected an integer within ±(2^53 − 1), got "0.5"',
      { row: 1, column: 'y' },
    ],
    [
      'an integer beyond 2^53',
      'SELECT unnest([1, 9007199254740993])::BIGINT AS x, 1 AS y',
      { types: { x: 'int', y: 'int' } },
      'got "9007199254740993"',
      { row: 2, column: 'x' },
    ],
    [
      'an integer beyond 2^63',
      'SELECT 18446744073709551615::UBIGINT AS x, 1 AS y',
      { types: { x: 'int', y: 'int' } },
      'got "18446744073709551615"',
      { row: 1, column: 'x' },
    ],
    ['NaN', `SELECT 'nan'::DOUBLE AS x, 1 AS y`, {}, 'got "nan"', { row: 1, column: 'x' }],
    ['infinity', `SELECT 'inf'::DOUBLE AS x, 1 AS y`, { missing: 'mean' }, 'got "inf"', { row: 1, column: 'x' }],
    [
      'a number beyond float32',
      'SELECT 1e300::DOUBLE AS x, 1 AS y',
      {},
      'expected a number within float32, got "1e+300"',
      { row: 1, column: 'x' },
    ],
    [
      'a label that is null',
      'SELECT 1.5::DOUBLE AS x, NULL::INT AS y',
      { missing: 0 },
      'got nothing',
      { row: 1, column: 'y' },
    ],
    [
      'a category that is null',
      'SELECT NULL::VARCHAR AS x, 1 AS y',
      { types: { x: 'category', y: 'int' }, missing: 0 },
      'expected a text, got nothing',
      { row: 1, column: 'x' },
    ],
  ])('refuses %s, with its place', async (_, query, options, reason, place) => {
    const error = await rejectionOf(TrainingError, () => read(query, options))
    expect(error.code).toBe('DATASET_INVALID')
    expect(error.message).toContain(reason)
    const { row, column } = error.detail as { row?: number; column?: string }
    expect({ row, column }).toEqual({ row: undefined, column: undefined, ...place })
  })

  it('tells columns apart whose names differ in their letters’ case alone', async () => {
    const path = await parquetOf('SELECT 1.5::DOUBLE AS x, 1 AS y, 2 AS other')
    const bytes = Buffer.from(await readFile(path))
    // DuckDB writes no such file: the name is changed in the footer, and in the pages' paths, where it is as long.
    const renamed = Buffer.from(bytes.toString('latin1').replaceAll('other', 'X\0\0\0\0'), 'latin1')
    await writeFile(path, renamed)
    expect((await readFrom(path)).cells).toEqual({ x: [1.5], y: [1] })
  })

  it('tells of a file that is not there as such', async () => {
    const error = await rejectionOf(ArtifactError, () => readFrom(join(directory, 'missing')))
    expect(error.code).toBe('FILE_UNREADABLE')
  })

  it('refuses a file that is broken midway, instead of training on the rows before', async () => {
    const path = await parquetOf(
      `SELECT i::DOUBLE AS x, (i % 2)::INT AS y FROM range(200000) t(i)`,
      ', ROW_GROUP_SIZE 20000, COMPRESSION zstd',
    )
    const bytes = await readFile(path)
    const middle = Math.floor(bytes.length * 0.7)
    await writeFile(path, bytes.fill(0xff, middle, middle + 1000))
    const error = await rejectionOf(TrainingError, () => readFrom(path))
    expect(error.code).toBe('DATASET_INVALID')
    expect(error.message).toMatch(/after row [1-9]\d*: /)
    expect(error.message).not.toContain(path)
  })

  it('says of rows that take too much memory where they are, and what to do', async () => {
    const after = 100_000
    const path = await parquetOf(
      `SELECT i::DOUBLE AS x, 1 AS y, if(i < ${after}, 'a', repeat(repeat('a', 10000), 27000)) AS long
        FROM range(${after + 1}) t(i)`,
      ', COMPRESSION zstd, ROW_GROUP_SIZE 20480',
    )
    const types = { long: 'category', y: 'int' } as const
    const error = await rejectionOf(ParseError, () => readFrom(path, { types }))
    const limit = 512 * 1024 ** 2
    expect(error.code).toBe('LIMIT_EXCEEDED')
    expect(error.detail).toMatchObject({ limit, actual: expect.toSatisfy((actual: number) => actual > limit) })
    expect(error.message).toContain('smaller row groups')
    expect(error.message).toMatch(/after row [1-9]\d*: /)
    // A column that is not asked for takes nothing.
    expect((await readFrom(path)).cells['x']).toHaveLength(after + 1)
  })

  it('gives one error for a file that is cut short or broken, and never another', async () => {
    const path = await parquetOf(`SELECT i::DOUBLE AS x, i % 2 AS y, 'w' || i AS w FROM range(100) t(i)`)
    const whole = await readFile(path)
    const broken = fc.oneof(
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc
        .tuple(fc.nat(whole.length - 1), fc.nat(255))
        .map(([at, value]) => whole.map((byte, index) => (index === at ? value : byte))),
      fc.uint8Array().map((bytes) => Buffer.concat([Buffer.from('PAR1'), bytes, Buffer.from('PAR1')])),
    )
    await fc.assert(
      fc.asyncProperty(broken, async (bytes) => {
        await writeFile(path, bytes)
        const error = await readFrom(path).then(
          () => undefined,
          (cause: unknown) => cause,
        )
        if (error === undefined) return
        expect(error).toBeInstanceOf(TrainingError)
        expect(error).toMatchObject({ code: 'DATASET_INVALID' })
      }),
      { numRuns: 60 },
    )
  })
})
