import { TrainingError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { splitRows } from '../../src/datasets/split.ts'
import { createRandom } from '../../src/random.ts'
import { errorOf } from '../error-of.ts'

const random = createRandom(1)

describe('split', () => {
  it.each([
    [178, 0.2, 142],
    [178, 0, 178],
    [10, 0.3, 7],
    [100, 0.29, 71],
    [1000, 0.001, 999],
    [2, 0.5, 1],
  ])('of %d rows with validation_split %d leaves %d to train on, as Keras does', (rows, validationSplit, trained) => {
    const { train, validation } = splitRows(rows, { validationSplit, shuffle: false, random })
    expect([...train, ...validation]).toEqual(Array.from({ length: rows }, (_, row) => row))
    expect(train.length).toBe(trained)
  })

  it.each([
    ['validation', 1, 0.000000000000000001],
    ['train', 1, 0.2],
    ['train', 0, 0],
    ['train', 3, 0.9],
  ])('refuses to leave no row for %s, of %d with %d', (part, rows, validationSplit) => {
    const { code, detail } = errorOf(TrainingError, () => splitRows(rows, { validationSplit, shuffle: true, random }))
    expect({ code, detail }).toEqual({ code: 'SPLIT_EMPTY', detail: { part, rows, validationSplit } })
  })

  it('draws the same rows from the same seed, and others from another', () => {
    const draw = (seed: number): number[] => [
      ...splitRows(50, { validationSplit: 0.2, shuffle: true, random: createRandom(seed) }).validation,
    ]
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(draw(7)).not.toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49])
  })

  it('lets no row both train and validate, and loses none', () => {
    const input = fc.tuple(
      fc.integer({ min: 2, max: 300 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
      fc.boolean(),
      fc.integer(),
    )
    fc.assert(
      fc.property(input, ([rows, validationSplit, shuffle, seed]) => {
        const { train, validation } = splitRows(rows, { validationSplit, shuffle, random: createRandom(seed) })
        expect(train.length).toBe(Math.floor(rows * (1 - validationSplit)))
        expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row))
      }),
    )
  })
})
