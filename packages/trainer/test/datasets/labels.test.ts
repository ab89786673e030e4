import { TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { countClasses, countOutputs, encodeLabels, fitLabel } from '../../src/datasets/labels.ts'
import type { Column } from '../../src/datasets/table.ts'
import type { LabelKind } from '../../src/documents/preprocessing.ts'
import { errorOf } from '../error-of.ts'

function numbers(values: number[], type: 'int' | 'float' = 'int'): Column {
  return { name: 'y', type, values: Float64Array.from(values), missing: 0 }
}

function words(values: string[]): Column {
  const sorted = [...new Set(values)].sort()
  return { name: 'y', type: 'text', words: sorted, codes: Uint32Array.from(values, (value) => sorted.indexOf(value)) }
}

describe('labels', () => {
  it.each<[string, Column, LabelKind, number, (string | number)[], number[]]>([
    ['classes 0 … k−1 as they are', numbers([2, 0, 1]), 'sparse', 3, [0, 1, 2], [2, 0, 1]],
    ['other numbers by size', numbers([8, 3, 5, 3]), 'sparse', 3, [3, 5, 8], [2, 0, 1, 0]],
    ['numbers by size and not by spelling', numbers([10, 9, -1]), 'sparse', 3, [-1, 9, 10], [2, 1, 0]],
    ['text by code unit', words(['b', 'a', 'B', 'ä']), 'sparse', 4, ['B', 'a', 'b', 'ä'], [2, 1, 0, 3]],
    ['two classes as 0 and 1', numbers([1, 0, 1]), 'binary', 1, [0, 1], [1, 0, 1]],
    ['two other numbers', numbers([2, -2]), 'binary', 1, [-2, 2], [1, 0]],
    ['two words', words(['yes', 'no']), 'binary', 1, ['no', 'yes'], [1, 0]],
    ['one-hot rows', numbers([8, 3, 5]), 'categorical', 3, [3, 5, 8], [0, 0, 1, 1, 0, 0, 0, 1, 0]],
  ])('become %s', (_, column, kind, outputs, classes, target) => {
    const label = fitLabel(column, kind)
    expect(countOutputs(label)).toBe(outputs)
    expect(label).toEqual({ column: 'y', kind, classes })
    const { values, shape } = encodeLabels(column, label)
    expect([...values]).toEqual(target)
    expect(shape).toEqual([kind === 'categorical' ? outputs : 1])
  })

  it('stay the numbers they are for a regression, with no classes', () => {
    for (const type of ['int', 'float'] as const) {
      const column = numbers([3, -1, 7], type)
      const label = fitLabel(column, 'regression')
      expect(countOutputs(label)).toBe(1)
      expect(label).toEqual({ column: 'y', kind: 'regression' })
      expect(encodeLabels(column, label)).toEqual({ values: Float32Array.of(3, -1, 7), shape: [1] })
    }
  })

  it.each<[string, Column, LabelKind]>([
    ['text for a regression', words(['a', 'b']), 'regression'],
    ['floats for a classification', numbers([0, 1], 'float'), 'sparse'],
    ['one class for a binary loss', numbers([1, 1]), 'binary'],
    ['three classes for a binary loss', numbers([0, 1, 2]), 'binary'],
  ])('refuse %s', (_, column, kind) => {
    const { code, detail } = errorOf(TrainingError, () => fitLabel(column, kind))
    expect(code).toBe('DATASET_INVALID')
    expect(detail).toMatchObject({ column: 'y' })
  })

  it('are counted by class', () => {
    expect(countClasses(words(['b', 'a', 'b']), ['a', 'b'])).toEqual([
      { value: 'a', rows: 1 },
      { value: 'b', rows: 2 },
    ])
  })
})
