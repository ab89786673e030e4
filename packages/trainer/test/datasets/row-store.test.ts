import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ArtifactError, TrainingError } from '@aibomgen/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { RowStore, type RowStorage } from '../../src/datasets/row-store.ts'
import { errorOf, rejectionOf } from '../error-of.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aibomgen-rows-'))
})
afterAll(() => rm(directory, { recursive: true }))

const signal = new AbortController().signal
const create = (length: number): Float64Array<ArrayBuffer> => new Float64Array(length)
const inFiles = (): RowStorage => ({ directory, memoryBytes: 0, signal })

async function allOf(store: RowStore<Float64Array<ArrayBuffer>>): Promise<number[]> {
  const all: number[] = []
  for await (const { firstRow, rows, values } of store.blocks()) {
    expect(firstRow * store.width).toBe(all.length)
    expect(values.length).toBe(rows * store.width)
    for (const value of values) all.push(value)
  }
  return all
}

describe.each<[string, () => RowStorage, boolean]>([
  ['in memory', () => ({ directory, memoryBytes: 2 ** 40, signal }), false],
  ['in files', inFiles, true],
])('a row store %s', (_, storage, isInFiles) => {
  it('gives back rows in any order, and all of them in their own', async () => {
    const chunks = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        chunks,
        fc.integer({ min: 1, max: 400 }),
        fc.infiniteStream(fc.nat()),
        async (sizes, width, picks) => {
          using store = new RowStore('rows', width, create, storage())
          let next = 0
          for (const rows of sizes) store.append(Float64Array.from({ length: rows * width }, () => next++))
          expect(store.rows).toBe(sizes.reduce((sum, rows) => sum + rows, 0))
          expect(store.isInFiles).toBe(isInFiles)
          const all = await allOf(store)
          expect([all.length, all.every((value, index) => value === index)]).toEqual([next, true])
          const wanted = Array.from({ length: 50 }, () => Number(picks.next().value) % store.rows)
          expect([...store.gather(Uint32Array.from(wanted))]).toEqual(
            wanted.flatMap((row) => Array.from({ length: width }, (_value, index) => row * width + index)),
          )
        },
      ),
      { numRuns: 10 },
    )
  })

  it('can be read before its last row is there', async () => {
    using store = new RowStore('rows', 2, create, storage())
    store.append(Float64Array.of(1, 2, 3, 4))
    expect([...store.gather(Uint32Array.of(1, 1, 0))]).toEqual([3, 4, 3, 4, 1, 2])
    store.append(Float64Array.of(5, 6))
    expect(await allOf(store)).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('has no blocks without rows', async () => {
    using store = new RowStore('rows', 3, create, storage())
    expect(await allOf(store)).toEqual([])
  })

  it('stops going over its rows when cancelled', async () => {
    const cancellation = new AbortController()
    using store = new RowStore('rows', 1, create, { ...storage(), signal: cancellation.signal })
    store.append(new Float64Array(200_000))
    const error = await rejectionOf(TrainingError, async () => {
      for await (const { rows } of store.blocks()) if (rows > 0) cancellation.abort()
    })
    expect(error.code).toBe('CANCELLED')
  })
})

describe('a row store in files', () => {
  it('goes there once its rows outgrow memory, and leaves nothing', async () => {
    {
      using store = new RowStore('rows', 1, create, { directory, memoryBytes: 1024 ** 2, signal })
      store.append(new Float64Array(100_000))
      expect([store.isInFiles, await readdir(directory)]).toEqual([false, []])
      store.append(Float64Array.from({ length: 100_000 }, (_value, index) => index))
      expect([store.isInFiles, await readdir(directory)]).toEqual([true, ['rows.0']])
      expect([...store.gather(Uint32Array.of(199_999, 5))]).toEqual([99_999, 0])
    }
    expect(await readdir(directory)).toEqual([])
  })

  it('tells that its directory takes nothing', () => {
    using store = new RowStore('rows', 1, create, { directory: join(directory, 'missing'), memoryBytes: 0, signal })
    store.append(Float64Array.of(1))
    expect(errorOf(ArtifactError, () => store.gather(Uint32Array.of(0))).code).toBe('OUTPUT_UNWRITABLE')
  })
})
