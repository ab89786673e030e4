import { TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type { PreprocessingDefinition } from '../../src/dataset-definition.ts'
import { countInputs, fitInputs, prepareInputs, type FitInputsOptions } from '../../src/datasets/preprocessing.ts'
import type { Column } from '../../src/datasets/table.ts'
import { errorOf } from '../error-of.ts'

const numbers = (name: string, values: number[]): Column => ({
  name,
  type: 'float',
  values: Float64Array.from(values),
  missing: values.filter(Number.isNaN).length,
})

function prepare(columns: Column[], preprocessing: PreprocessingDefinition, rest: Partial<FitInputsOptions> = {}) {
  const rows = 4
  const fitted = fitInputs(columns, { missing: 'refuse', trainRows: Uint32Array.of(0, 1), preprocessing, ...rest })
  return { fitted, inputs: [...prepareInputs(columns, fitted, rows)] }
}

const x = numbers('x', [1, 3, 5, 100])

describe('preprocessing', () => {
  it('leaves numbers as they are unless asked', () => {
    expect(prepare([x], {})).toEqual({
      fitted: { columns: [{ name: 'x', type: 'float' }], steps: [] },
      inputs: [1, 3, 5, 100],
    })
  })

  it('standardizes by mean and population deviation of the training rows alone', () => {
    const { fitted, inputs } = prepare([x], { normalize: 'standardize' })
    expect(fitted.steps).toEqual([{ step: 'standardize', mean: [2], std: [1], epsilon: 1e-8 }])
    expect(inputs).toEqual([-1, 1, 3, 98].map((value) => Math.fround(value / (1 + 1e-8))))
  })

  it('scales to 0 … 1 by smallest and largest of the training rows alone', () => {
    const { fitted, inputs } = prepare([x], { normalize: 'minmax' })
    expect(fitted.steps).toEqual([{ step: 'minmax', min: [1], max: [3] }])
    expect(inputs).toEqual([0, 1, 2, 49.5])
  })

  it('normalizes, then scales, then clips, whatever order they are written in', () => {
    const { fitted, inputs } = prepare([x], { clip: [0, 15], scale: 10, normalize: 'minmax' })
    expect(fitted.steps.map(({ step }) => step)).toEqual(['minmax', 'scale', 'clip'])
    expect(inputs).toEqual([0, 10, 15, 15])
  })

  it('makes a category one input for each of its words, in its column’s place', () => {
    const region: Column = {
      name: 'region',
      type: 'category',
      words: ['n', 's', 'w'],
      codes: Uint32Array.of(2, 0, 1, 0),
    }
    const { fitted, inputs } = prepare([region, x], {})
    expect(countInputs(fitted.columns)).toBe(4)
    expect(fitted.columns[0]).toEqual({ name: 'region', type: 'category', categories: ['n', 's', 'w'] })
    expect(inputs).toEqual([0, 0, 1, 1, 1, 0, 0, 3, 0, 1, 0, 5, 1, 0, 0, 100])
  })

  it.each([
    ['mean', 2],
    ['median', 2],
    [-7, -7],
  ] as const)('fills empty cells with %s of the training rows', (missing, fill) => {
    const { fitted, inputs } = prepare([numbers('x', [1, 3, Number.NaN, 100])], {}, { missing })
    expect(fitted.columns).toEqual([{ name: 'x', type: 'float', fill }])
    expect(inputs).toEqual([1, 3, fill, 100])
  })

  it('takes the median as the middle, or the mean of the two in the middle, of those that are there', () => {
    const column = numbers('x', [9, Number.NaN, 2, 4])
    const fillOf = (trainRows: number[]): unknown =>
      prepare([column], {}, { missing: 'median', trainRows: Uint32Array.from(trainRows) }).fitted.columns[0]
    expect(fillOf([0, 1, 2, 3])).toMatchObject({ fill: 4 })
    expect(fillOf([0, 1, 2])).toMatchObject({ fill: 5.5 })
  })

  it('standardizes a constant input to 0 on the rows it was fitted on', () => {
    expect(prepare([numbers('x', [5, 5, 5, 6])], { normalize: 'standardize' }).inputs.slice(0, 3)).toEqual([0, 0, 0])
  })

  it.each<[string, Column, PreprocessingDefinition, Partial<FitInputsOptions>]>([
    ['no number to take a mean of', numbers('x', [Number.NaN, Number.NaN, 1, 1]), {}, { missing: 'mean' }],
    ['a constant to scale by minmax', numbers('x', [5, 5, 1, 2]), { normalize: 'minmax' }, {}],
    ['a result beyond float32', numbers('x', [1e38, 1, 1, 1]), { scale: 1e38 }, {}],
  ])('refuses %s, naming the column', (_, column, preprocessing, rest) => {
    const { code, detail } = errorOf(TrainingError, () => prepare([column], preprocessing, rest))
    expect(code).toBe('DATASET_INVALID')
    expect(detail).toMatchObject({ column: 'x' })
  })
})
