import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createMerkleTree, utf8Encode, verifyDatasetProof, type DatasetRoot } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createRowTree, proveCsvRow } from '../../src/datasets/csv-rows.ts'
import { readCsvStructure } from '../../src/datasets/csv-structure.ts'

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
    const root: DatasetRoot = { kind: 'rows', ...tree.root() }
    for (const [index, record] of records.entries()) {
      const proof = await proveCsvRow(path, index + 1, root)
      expect(proof).toMatchObject({ row: { row: index + 1, record } })
      verifyDatasetProof(proof, root)
    }
    for (const row of [0, 6, 1.5, Number.NaN]) {
      await expect(proveCsvRow(path, row, root)).rejects.toMatchObject({ code: 'DATASET_INVALID' })
    }
  })
})

async function recordsOf(text: string): Promise<string[]> {
  const path = join(directory, 'records.csv')
  await writeFile(path, text)
  const records: string[] = []
  const tree = createRowTree()
  await readCsvStructure(path, {
    onRow(record) {
      records.push(Buffer.from(record).toString())
      tree.add(record)
    },
  })
  expect(tree.root()).toMatchObject({ kind: 'rows', leaves: records.length })
  return records
}
