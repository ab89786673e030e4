import { TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type { PreprocessingDefinition } from '../../src/dataset-definition.ts'
import { prepareRows, type PrepareRowsOptions } from '../../src/datasets/prepare-rows.ts'
import { countInputs } from '../../src/datasets/preprocessing.ts'
import { createRandom } from '../../src/random.ts'
import type { PreparationStep } from '../../src/documents/preprocessing.ts'
import { rejectionOf } from '../error-of.ts'
import { inMemory, planOf, rawOf, type TestColumn } from './raw-tables.ts'

const numbers = (name: string, values: number[]): TestColumn => [
  name,
  'float',
  values.map((value) => (Number.isNaN(value) ? null : value)),
]

interface Prepared {
  readonly steps: readonly PreparationStep[]
  readonly fills: readonly number[]
  readonly inputs: readonly number[]
}

/** Prepares columns of four rows, of which the first two train unless said otherwise. */
async function prepare(
  columns: TestColumn[],
  preprocessing: PreprocessingDefinition,
  rest: Partial<PrepareRowsOptions> = {},
): Promise<Prepared> {
  const rows = columns[0]?.[2].length ?? 0
  using raw = rawOf([...columns, ['label', 'float', Array.from({ length: rows }, (_, row) => row)]])
  const names = columns.map(([name]) => name)
  const width = raw.fields.slice(0, -1).reduce((sum, field) => sum + countInputs(field), 0)
  const plan = planOf(names, 'label', { labelKind: 'regression', inputShape: [width], outputShape: [1] })
  const { prepared, fitted } = await prepareRows(raw, plan, {
    missing: 'refuse',
    preprocessing,
    validationSplit: 0.5,
    shuffle: false,
    random: createRandom(1),
    storage: inMemory,
    ...rest,
  })
  const batch = await prepared.gather(Uint32Array.from({ length: rows }, (_, row) => row))
  return { steps: fitted.steps, fills: [...fitted.fill.slice(0, -1)], inputs: [...(batch.inputs[0] ?? [])] }
}

const x = numbers('x', [1, 3, 5, 100])

describe('preprocessing', () => {
  it('leaves numbers as they are unless asked', async () => {
    expect(await prepare([x], {})).toEqual({ steps: [], fills: [Number.NaN], inputs: [1, 3, 5, 100] })
  })

  it('standardizes by mean and population deviation of the training rows alone', async () => {
    const { steps, inputs } = await prepare([x], { normalize: 'standardize' })
    expect(steps).toEqual([{ step: 'standardize', mean: [2], std: [1], epsilon: 1e-8 }])
    expect(inputs).toEqual([-1, 1, 3, 98].map((value) => Math.fround(value / (1 + 1e-8))))
  })

  it('scales to 0 … 1 by smallest and largest of the training rows alone', async () => {
    const { steps, inputs } = await prepare([x], { normalize: 'minmax' })
    expect(steps).toEqual([{ step: 'minmax', min: [1], max: [3] }])
    expect(inputs).toEqual([0, 1, 2, 49.5])
  })

  it('normalizes, then scales, then clips, whatever order they are written in', async () => {
    const { steps, inputs } = await prepare([x], { clip: [0, 15], scale: 10, normalize: 'minmax' })
    expect(steps.map(({ step }) => step)).toEqual(['minmax', 'scale', 'clip'])
    expect(inputs).toEqual([0, 10, 15, 15])
  })

  it('makes a category one input for each of its words, in its column’s place', async () => {
    const region: TestColumn = ['region', 'category', ['w', 'n', 's', 'n']]
    const { inputs } = await prepare([region, x], {})
    expect(inputs).toEqual([0, 0, 1, 1, 1, 0, 0, 3, 0, 1, 0, 5, 1, 0, 0, 100])
  })

  it('standardizes each input of a category as the number it is', async () => {
    const region: TestColumn = ['region', 'category', ['w', 'n', 'n', 's']]
    const { steps, inputs } = await prepare([region], { normalize: 'standardize' }, { validationSplit: 0.25 })
    const std = Math.sqrt(2 / 9)
    expect(steps).toEqual([
      {
        step: 'standardize',
        mean: [2 / 3, 0, 1 / 3],
        std: [expect.closeTo(std, 15), 0, expect.closeTo(std, 15)],
        epsilon: 1e-8,
      },
    ])
    // "s" is in no training row: 1 / (0 + 1e-8).
    expect(inputs.slice(9)).toEqual(
      [-2 / 3, 1 / 1e-8, -1 / 3].map((value, index) => expect.closeTo(index === 1 ? value : value / std, 5)),
    )
  })

  it.each([
    ['mean', 2],
    ['median', 2],
    [-7, -7],
  ] as const)('fills empty cells with %s of the training rows', async (missing, fill) => {
    const { fills, inputs } = await prepare([numbers('x', [1, 3, Number.NaN, 100])], {}, { missing })
    expect(fills).toEqual([fill])
    expect(inputs).toEqual([1, 3, fill, 100])
  })

  it('takes the median as the middle, or the mean of the two in the middle, of those that are there', async () => {
    const column = numbers('x', [9, Number.NaN, 2, 4])
    const fillsOf = async (validationSplit: number): Promise<readonly number[]> =>
      (await prepare([column], {}, { missing: 'median', validationSplit })).fills
    expect(await fillsOf(0)).toEqual([4])
    expect(await fillsOf(0.25)).toEqual([5.5])
  })

  it('fits on filled cells what comes after', async () => {
    const { steps } = await prepare([numbers('x', [1, Number.NaN, 5, 9])], { normalize: 'standardize' }, { missing: 7 })
    expect(steps).toEqual([{ step: 'standardize', mean: [4], std: [3], epsilon: 1e-8 }])
  })

  it('standardizes a constant input to 0 on the rows it was fitted on', async () => {
    const { inputs } = await prepare([numbers('x', [5, 5, 5, 6])], { normalize: 'standardize' })
    expect(inputs.slice(0, 3)).toEqual([0, 0, 0])
  })

  it.each<[string, TestColumn, PreprocessingDefinition, Partial<PrepareRowsOptions>]>([
    ['no number to take a mean of', numbers('x', [Number.NaN, Number.NaN, 1, 1]), {}, { missing: 'mean' }],
    ['no number to take a median of', numbers('x', [Number.NaN, Number.NaN, 1, 1]), {}, { missing: 'median' }],
    ['a constant to scale by minmax', numbers('x', [5, 5, 1, 2]), { normalize: 'minmax' }, {}],
    ['a result beyond float32', numbers('x', [1e38, 1, 1, 1]), { scale: 1e38 }, {}],
  ])('refuses %s, naming the column', async (_, column, preprocessing, rest) => {
    const { code, detail } = await rejectionOf(TrainingError, () => prepare([column], preprocessing, rest))
    expect(code).toBe('DATASET_INVALID')
    expect(detail).toMatchObject({ column: 'x' })
  })
})
