import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ArtifactError, ParseError, TrainingError } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { MissingPolicy, TableDefinition } from '../../src/dataset-definition.ts'
import { readCsv } from '../../src/datasets/csv.ts'
import type { RawRows } from '../../src/datasets/raw-rows.ts'
import type { Cell } from '../../src/datasets/field-encoder.ts'
import { rejectionOf } from '../error-of.ts'
import { cellsOf, inMemory, planOf } from './raw-tables.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-csv-'))
})
afterAll(() => rm(directory, { recursive: true }))

const definition: TableDefinition = {
  type: 'csv',
  columns: [
    { name: 'x', type: 'float' },
    { name: 'region', type: 'category' },
    { name: 'y', type: 'int' },
  ],
  label: 'y',
  missing: 'refuse',
  inputShape: [3],
  outputShape: [2],
  preprocessing: {},
}

const { outputs } = planOf(['x', 'region'], 'y', { labelKind: 'sparse', inputShape: [3], outputShape: [2] })

async function read(content: string | Uint8Array, missing: MissingPolicy = 'refuse'): Promise<Record<string, Cell[]>> {
  return (await readTable(content, missing)).cells
}

async function readTable(
  content: string | Uint8Array,
  missing: MissingPolicy = 'refuse',
): Promise<{ cells: Record<string, Cell[]>; fields: RawRows['fields']; ignoredColumns: readonly string[] }> {
  // A name that would be a pattern, or end a text, if it were not quoted as it is.
  const path = join(directory, "it's [data]*")
  await writeFile(path, content)
  using table = await readCsv(path, { ...definition, missing }, { outputs, storage: inMemory })
  return { cells: cellsOf(table.raw), fields: table.raw.fields, ignoredColumns: table.ignoredColumns }
}

describe('CSV', () => {
  it.each([
    ['plain', 'x,region,y\n1.5,south,0\n2,north,1\n'],
    ['without a last line end', 'x,region,y\n1.5,south,0\n2,north,1'],
    ['with CRLF', 'x,region,y\r\n1.5,south,0\r\n2,north,1\r\n'],
    ['with a byte order mark', '\ufeffx,region,y\n1.5,south,0\n2,north,1\n'],
    ['quoted', '"x","region","y"\n"1.5","south","0"\n"2","north","1"\n'],
    ['with columns in another order', 'y,x,region\n0,1.5,south\n1,2,north\n'],
    ['with blank lines', 'x,region,y\n\n1.5,south,0\n\n2,north,1\n\n'],
    ['with blank lines of CRLF', 'x,region,y\r\n\r\n1.5,south,0\r\n\r\n2,north,1\r\n\r\n'],
    ['with CRLF, and LF in its cells', 'x,region,y,"no\nte"\r\n1.5,south,0,"a\nb"\r\n2,north,1,"\n"\r\n'],
    ['with LF, and CRLF in its cells', 'x,region,y,"no\r\nte"\n1.5,south,0,"a\r\nb"\n2,north,1,"\r\n"\n'],
    ['with spaces around numbers', 'x,region,y\n 1.5 ,south, 0\n2 ,north,1\n'],
    ['with integers as floats', 'x,region,y\n1.5e0,south,0.0\n+2.,north,1.0\n'],
  ])('reads a file %s', async (_, content) => {
    expect(await read(content)).toEqual({ x: [1.5, 2], region: ['south', 'north'], y: [0, 1] })
  })

  it('ignores columns that the definition does not name, and names them', async () => {
    const content = 'id,x,region,y,note\n7,1.5,south,0,"a ""quoted"",\nnote"\n8,2,north,1,\n'
    const { cells, ignoredColumns } = await readTable(content)
    expect(cells).toEqual({ x: [1.5, 2], region: ['south', 'north'], y: [0, 1] })
    expect(ignoredColumns).toEqual(['id', 'note'])
  })

  it('sorts words by code unit', async () => {
    const { fields } = await readTable('x,region,y\n1,ä,0\n1,b,0\n1,B,0\n1,"a,b",0\n1, b,0\n')
    expect(fields[1]).toMatchObject({ words: [' b', 'B', 'a,b', 'b', 'ä'], rankOf: Uint32Array.of(4, 3, 1, 2, 0) })
  })

  it('keeps the order of many rows', async () => {
    const rows = Array.from({ length: 10_000 }, (_, row) => `${row},r,${row}`)
    const { x } = await read(`x,region,y\n${rows.join('\n')}\n`)
    expect(x).toEqual(Array.from({ length: 10_000 }, (_, row) => row))
  })

  it('takes an empty number cell as missing where the definition says what becomes of it', async () => {
    const { cells, fields } = await readTable('x,region,y\n,south,0\n"",north,1\n  ,north,1\n3,north,1\n', 'mean')
    expect(cells['x']).toEqual([null, null, null, 3])
    expect(fields[0]).toMatchObject({ missing: 3 })
  })

  it.each([
    ['an empty file', '', {}],
    ['a header alone', 'x,region,y\n', {}],
    ['blank lines alone', '\n\n', {}],
    ['a missing column', 'x,y\n1,0\n', { column: 'region' }],
    ['a column in other letters', 'x,Region,y\n1,n,0\n', { column: 'region' }],
    ['a column twice', 'x,region,y,x\n1,n,0,1\n', { column: 'x' }],
    ['a row too short', 'x,region,y\n1,n,0\n1,n\n', { row: 2 }],
    ['a row too long', 'x,region,y\n1,n,0,5\n', { row: 1 }],
    ['a comma at the end of a row', 'x,region,y\n1,n,0,\n', { row: 1 }],
    ['a word for a number', 'x,region,y\n1,n,0\nhigh,n,0\n', { row: 2, column: 'x' }],
    ['a number with a thousands separator', 'x,region,y\n"1,000",n,0\n', { row: 1, column: 'x' }],
    ['a number with an underscore', 'x,region,y\n1_000,n,0\n', { row: 1, column: 'x' }],
    ['a number in hexadecimal', 'x,region,y\n0x1F,n,0\n', { row: 1, column: 'x' }],
    ['a number too large', 'x,region,y\n1e999,n,0\n', { row: 1, column: 'x' }],
    ['NaN', 'x,region,y\nNaN,n,0\n', { row: 1, column: 'x' }],
    ['infinity', 'x,region,y\n-Infinity,n,0\n', { row: 1, column: 'x' }],
    ['a word for nothing', 'x,region,y\nNA,n,0\n', { row: 1, column: 'x' }],
    ['a fraction for an integer', 'x,region,y\n1,n,0.5\n', { row: 1, column: 'y' }],
    ['an integer beyond 2^53', 'x,region,y\n1,n,9007199254740993\n', { row: 1, column: 'y' }],
    ['an empty number', 'x,region,y\n1,n,0\n,n,0\n', { row: 2, column: 'x' }],
    ['an empty category', 'x,region,y\n1,,0\n', { row: 1, column: 'region' }],
    ['an empty label', 'x,region,y\n1,n,\n', { row: 1, column: 'y' }],
    ['the first of two', 'x,region,y\n1,n,no\nno,n,1\n', { row: 1, column: 'y' }],
    ['one after a quoted line end', 'x,region,y\n1,"n\n",0\n\nno,n,1\n', { row: 2, column: 'x' }],
    ['a quote never closed', 'x,region,y\n1,n,0\n1,"n,0\n1,n,0\n', { row: 2 }],
    ['a quote in mid-cell', 'x,region,y\n1,n"o,0\n', { row: 1 }],
    ['text after a quote', 'x,region,y\n1,"n"o,0\n', { row: 1 }],
    ['mixed line ends', 'x,region,y\r\n1,n,0\n', { row: 1 }],
    ['carriage returns alone', 'x,region,y\r1,n,0\r', {}],
    ['a blank line before the header', '\nx,region,y\n1,n,0\n', {}],
    ['a NUL byte', 'x,region,y\n1,\0,0\n', { row: 1 }],
    ['UTF-16', Buffer.from('x,region,y\n1,n,0\n', 'utf16le'), {}],
    ['Latin 1', Buffer.from('x,region,y\n1,Köln,0\n', 'latin1'), {}],
    ['Latin 1 in the header', Buffer.from('x,region,y,ö\n1,n,0,1\n', 'latin1'), {}],
    ['a zip archive', Buffer.from('PK\x03\x04\x14\0\0\0'), {}],
  ])('refuses %s, with its place', async (_, content, place) => {
    const { code, detail } = await rejectionOf(TrainingError, () => read(content))
    expect(code).toBe('DATASET_INVALID')
    const { row, column } = detail as { row?: number; column?: string }
    expect({ row, column }).toEqual({ row: undefined, column: undefined, ...place })
  })

  it('refuses an empty label and an empty category, whatever missing numbers become', async () => {
    for (const content of ['x,region,y\n1,n,\n', 'x,region,y\n1,,0\n']) {
      expect((await rejectionOf(TrainingError, () => read(content, 0))).code).toBe('DATASET_INVALID')
    }
  })

  it('tells of a file that is not there as such', async () => {
    const missing = join(directory, 'missing')
    expect(
      (await rejectionOf(ArtifactError, () => readCsv(missing, definition, { outputs, storage: inMemory }))).code,
    ).toBe('FILE_UNREADABLE')
  })

  it('says of a table that is too wide for its memory what to do', async () => {
    const names = Array.from({ length: 8000 }, (_, index) => `c${index}`)
    const path = join(directory, 'wide')
    await writeFile(path, `${names.join(',')}\n${names.fill('1').join(',')}\n`)
    const columns = Array.from({ length: 8000 }, (_, index) => ({ name: `c${index}`, type: 'float' }) as const)
    const wide = { ...definition, columns, label: 'c0' }
    const error = await rejectionOf(ParseError, () => readCsv(path, wide, { outputs, storage: inMemory }))
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', detail: { limit: 512 * 1024 ** 2 } })
    expect(error.message).toContain('fewer columns, or as Parquet')
  })

  it('says row, line, column, what was expected and what came', async () => {
    const { message } = await rejectionOf(TrainingError, () => read('x,region,y\n1,"n\n",0\n\nhigh,n,1\n'))
    expect(message).toBe('data set: row 2, line 5, column "x", expected a number within float32, got "high"')
  })

  it('reads back any table of finite numbers and words, bit for bit', async () => {
    const number = fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true })
    const word = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0'))
    const rows = fc.array(fc.tuple(number, word, fc.maxSafeInteger()), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(rows, async (cells) => {
        const lines = cells.map(
          ([x, region, y]) => `${Object.is(x, -0) ? '-0' : x},"${region.replaceAll('"', '""')}",${y}`,
        )
        expect(await read(`x,region,y\n${lines.join('\n')}\n`)).toEqual({
          x: cells.map((cell) => cell[0]),
          region: cells.map((cell) => cell[1]),
          y: cells.map((cell) => cell[2]),
        })
      }),
      { numRuns: 30 },
    )
  })
})
