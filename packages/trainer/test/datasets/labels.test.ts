import { TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { countClasses, createLabelEncoder, fitLabel } from '../../src/datasets/labels.ts'
import { fieldOf, type RawField } from '../../src/datasets/raw-rows.ts'
import type { LabelKind } from '../../src/documents/preprocessing.ts'
import { errorOf } from '../error-of.ts'
import { cellsOf, rawOf, type TestColumn } from './raw-tables.ts'

const numbers = (cells: number[], type: 'int' | 'float' = 'int'): TestColumn => ['y', type, cells]
const words = (cells: string[]): TestColumn => ['y', 'text', cells]

/** The field, and its value in each raw row. */
function read(column: TestColumn): { field: RawField; values: readonly number[] } {
  using raw = rawOf([column])
  return { field: fieldOf(raw, 'y'), values: [...raw.store.gather(Uint32Array.from(column[2], (_, row) => row))] }
}

describe('labels', () => {
  it.each<[string, TestColumn, LabelKind, number, (string | number)[], number[]]>([
    ['classes 0 … k−1 as they are', numbers([2, 0, 1]), 'sparse', 3, [0, 1, 2], [2, 0, 1]],
    ['other numbers by size', numbers([8, 3, 5, 3]), 'sparse', 3, [3, 5, 8], [2, 0, 1, 0]],
    ['numbers by size and not by spelling', numbers([10, 9, -1]), 'sparse', 3, [-1, 9, 10], [2, 1, 0]],
    ['text by code unit', words(['b', 'a', 'B', 'ä']), 'sparse', 4, ['B', 'a', 'b', 'ä'], [2, 1, 0, 3]],
    ['two classes as 0 and 1', numbers([1, 0, 1]), 'binary', 1, [0, 1], [1, 0, 1]],
    ['two other numbers', numbers([2, -2]), 'binary', 1, [-2, 2], [1, 0]],
    ['two words', words(['yes', 'no']), 'binary', 1, ['no', 'yes'], [1, 0]],
    ['numbers of their classes, to be one-hot', numbers([8, 3, 5]), 'categorical', 3, [3, 5, 8], [2, 0, 1]],
  ])('become %s', (_, column, kind, outputs, classes, target) => {
    const { field, values } = read(column)
    const label = fitLabel(field, kind)
    expect(label).toEqual({ kind, classes, outputs, targetSize: kind === 'categorical' ? outputs : 1 })
    expect(values.map(createLabelEncoder(field, label))).toEqual(target)
  })

  it('stay the numbers they are for a regression, with no classes', () => {
    for (const type of ['int', 'float'] as const) {
      const { field, values } = read(numbers([3, -1, 7], type))
      const label = fitLabel(field, 'regression')
      expect(label).toEqual({ kind: 'regression', targetSize: 1, outputs: 1 })
      expect(values.map(createLabelEncoder(field, label))).toEqual([3, -1, 7])
    }
  })

  it.each<[string, TestColumn, LabelKind]>([
    ['text for a regression', words(['a', 'b']), 'regression'],
    ['floats for a classification', numbers([0, 1], 'float'), 'sparse'],
    ['one class for a binary loss', numbers([1, 1]), 'binary'],
    ['three classes for a binary loss', numbers([0, 1, 2]), 'binary'],
  ])('refuse %s', (_, column, kind) => {
    const { code, detail } = errorOf(TrainingError, () => fitLabel(read(column).field, kind))
    expect(code).toBe('DATASET_INVALID')
    expect(detail).toMatchObject({ column: 'y' })
  })

  it('are counted by class', () => {
    expect(countClasses(read(words(['b', 'a', 'b'])).field)).toEqual([
      { value: 'a', rows: 1 },
      { value: 'b', rows: 2 },
    ])
    expect(countClasses(read(numbers([5, 3, 5])).field)).toEqual([
      { value: 3, rows: 1 },
      { value: 5, rows: 2 },
    ])
  })

  it('come back as they were read', () => {
    using raw = rawOf([words(['b', 'a', 'b'])])
    expect(cellsOf(raw)).toEqual({ y: ['b', 'a', 'b'] })
  })
})
