import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { mediansOf } from '../../src/datasets/median.ts'
import { describeOnes, describeRows } from '../../src/datasets/statistics.ts'
import { rawOf } from './raw-tables.ts'

const numbers = fc.array(
  fc.record({
    value: fc.option(fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true }), { freq: 5 }),
    isCounted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('statistics of rows', () => {
  it('are those of the rows that count, missing ones left out, summed in order', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (cells) => {
        using raw = rawOf([['x', 'float', cells.map(({ value }) => value)]])
        const rows = Uint8Array.from(cells, ({ isCounted }) => (isCounted ? 1 : 0))
        const [[described] = []] = await describeRows(raw, [{ rows }])
        const present = cells.flatMap(({ value, isCounted }) => (isCounted && value !== null ? [value] : []))
        if (present.length === 0) expect(described).toBeUndefined()
        else {
          const mean = present.reduce((sum, value) => sum + value, 0) / present.length
          const squares = present.reduce((sum, value) => sum + (value - mean) ** 2, 0)
          expect(described).toEqual({
            min: Math.min(...present) + 0,
            max: Math.max(...present) + 0,
            mean,
            std: Math.sqrt(squares / present.length),
          })
        }
      }),
    )
  })

  it('of ones and zeros are what counting them one by one gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (rows, drawn) => {
        const ones = Math.min(rows, drawn)
        const values = Array.from({ length: rows }, (_, row) => (row < ones ? 1 : 0))
        const mean = ones / rows
        const std = Math.sqrt(values.reduce((sum: number, value) => sum + (value - mean) ** 2, 0) / rows)
        expect(describeOnes(ones, rows)).toEqual({
          min: Math.min(...values),
          max: Math.max(...values),
          mean,
          std: expect.closeTo(std, 12),
        })
      }),
    )
  })
})

describe('medians of rows', () => {
  it('are the middle of the sorted numbers, or the mean of the two in the middle', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (cells) => {
        using raw = rawOf([
          ['label', 'text', cells.map(() => 'a')],
          ['x', 'float', cells.map(({ value }) => value)],
        ])
        const isCounted = Uint8Array.from(cells, (cell) => (cell.isCounted ? 1 : 0))
        const sorted = cells
          .flatMap(({ value, isCounted: counts }) => (counts && value !== null ? [value] : []))
          .sort((a, b) => a - b)
        const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1)
        const expected = middle.length === 0 ? undefined : ((middle[0] ?? 0) + (middle.at(-1) ?? 0)) / 2 + 0
        expect(await mediansOf(raw, [1], isCounted)).toEqual([expected])
      }),
    )
  })

  it('are found for many columns', async () => {
    const columns = Array.from({ length: 70 }, (_, index) => index)
    using raw = rawOf(columns.map((index) => [`x${index}`, 'float', [index, -index, index * 2]]))
    expect(await mediansOf(raw, columns, Uint8Array.of(1, 1, 1))).toEqual(columns)
  })
})
