import { readFile } from 'node:fs/promises'

import { TrainingError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseDatasetDefinition, type PreprocessingDefinition } from '../../src/dataset-definition.ts'
import { prepareDataset } from '../../src/datasets/prepare-dataset.ts'
import type { PreparedDataset } from '../../src/datasets/prepared-dataset.ts'
import {
  parsePreprocessing,
  serializePreprocessing,
  type TablePreprocessing,
} from '../../src/documents/preprocessing.ts'
import { rejectionOf } from '../error-of.ts'
import { noReferenceData, referenceFile } from '../reference-data.ts'
import { options, prepare } from './prepared-tables.ts'
import { inMemory, type TestColumn } from './raw-tables.ts'

describe('prepared data set', () => {
  it('gives rows in any order, preprocessed and with labels encoded', async () => {
    const { source } = await prepare()
    expect(source).toMatchObject({ rows: 5, inputShapes: [[3]], targetShapes: [[1]] })
    expect(await source.gather(Uint32Array.of(4, 0))).toMatchObject({
      inputs: [Float32Array.of(0, 2, 4, 2, 0, 2)],
      targets: [Float32Array.of(1, 1)],
    })
  })

  it('says all that was fitted or mapped', async () => {
    expect((await prepare()).preprocessing).toEqual({
      type: 'csv',
      columns: [
        { name: 'region', type: 'category', categories: ['n', 's'] },
        { name: 'x', type: 'float', fill: 0 },
      ],
      steps: [
        { step: 'minmax', min: [0, 0, 0], max: [1, 1, 4] },
        { step: 'scale', factor: 2 },
      ],
      label: { column: 'y', kind: 'sparse', classes: ['no', 'yes'] },
      fittedOnRows: 4,
    })
  })

  it('says what the data set held', async () => {
    expect((await prepare()).manifest).toEqual({
      type: 'csv',
      rows: 5,
      trainRows: 4,
      validationRows: 1,
      columns: [
        {
          name: 'region',
          type: 'category',
          role: 'feature',
          missing: 0,
          values: [
            { value: 'n', rows: 2 },
            { value: 's', rows: 3 },
          ],
        },
        {
          name: 'y',
          type: 'text',
          role: 'label',
          missing: 0,
          values: [
            { value: 'no', rows: 2 },
            { value: 'yes', rows: 3 },
          ],
        },
        {
          name: 'x',
          type: 'float',
          role: 'feature',
          missing: 1,
          statistics: { min: 2, max: 8, mean: 4.25, std: Math.sqrt(5.1875) },
        },
      ],
      ignoredColumns: ['id'],
      classes: [
        { value: 'no', rows: 2 },
        { value: 'yes', rows: 3 },
      ],
    })
  })

  it.each([
    [
      'input_shape',
      { inputShape: [2] },
      {},
      'expected [3], as the model has, got [2] in the definition and 3 per row in the data',
    ],
    [
      'input_shape',
      {},
      { inputs: [{ name: 'in', shape: [4] }] },
      'expected [4], as the model has, got [3] in the definition and 3 per row in the data',
    ],
    [
      'input_shape',
      { inputShape: [4] },
      { inputs: [{ name: 'in', shape: [4] }] },
      'expected [4], as the model has, got [4] in the definition and 3 per row in the data',
    ],
    [
      'output_shape',
      { outputShape: [3] },
      {},
      'expected [2], as the model has, got [3] in the definition and 2 per row in the data',
    ],
    [
      'output_shape',
      { outputShape: [3] },
      { outputs: [{ name: 'out', shape: [3], labelKind: 'sparse' as const }] },
      'expected [3], as the model has, got [3] in the definition and 2 per row in the data',
    ],
    [
      'output_shape',
      {},
      { outputs: [{ name: 'out', shape: [null], labelKind: 'binary' as const }] },
      'expected [any], as the model has, got [2] in the definition and 1 per row in the data',
    ],
  ])('refuses an %s that model, definition and data do not share', async (what, change, model, reason) => {
    const error = await rejectionOf(TrainingError, () => prepare(change, model))
    expect(error.code).toBe('SHAPE_MISMATCH')
    expect(error.message).toBe(`${what}: ${reason}`)
  })

  it('takes a shape of more axes with as many numbers in all', async () => {
    const { source } = await prepare({ inputShape: [3, 1] }, { inputs: [{ name: 'in', shape: [null, 1] }] })
    expect(source.inputShapes).toEqual([[3, 1]])
  })
})

describe('preprocessing.json', () => {
  it('is enough to prepare rows as they were prepared, by the words of the README alone', async () => {
    const number = fc.oneof(fc.constant(''), fc.integer({ min: -100, max: 100 }).map(String))
    const row = fc.tuple(number, fc.constantFrom('n', 's', 'w'), fc.constantFrom('no', 'yes'))
    const rows = fc.array(row, { minLength: 6, maxLength: 12 })
    const preprocessing = fc.constantFrom<PreprocessingDefinition>(
      {},
      { normalize: 'standardize', clip: [-1, 1] },
      { scale: 0.5, clip: [0, 10] },
    )
    await fc.assert(
      fc.asyncProperty(rows, preprocessing, async (cells, asked) => {
        const width = new Set(cells.map(([, region]) => region)).size + 1
        const outputs = new Set(cells.map(([, , y]) => y)).size
        const prepared = await prepare(
          { missing: -1, preprocessing: asked, inputShape: [width], outputShape: [outputs] },
          {
            inputs: [{ name: 'in', shape: [width] }],
            outputs: [{ name: 'out', shape: [outputs], labelKind: 'sparse' }],
          },
          columnsOf(cells),
        )
        const written = parsePreprocessing(serializePreprocessing(prepared.preprocessing))
        if (written.type !== 'csv') throw new Error('not of a table')
        const all = await prepared.source.gather(Uint32Array.from(cells, (_, index) => index))
        expect([...(all.inputs[0] ?? [])]).toEqual(cells.flatMap((cell) => prepareByHand(written, cell)))
        const classes = written.label?.classes ?? []
        expect(all).toMatchObject({ targets: [Float32Array.from(cells, ([, , y]) => classes.indexOf(y))] })
      }),
    )
  })
})

type Cells = readonly [x: string, region: string, y: string]

function columnsOf(cells: readonly Cells[]): readonly TestColumn[] {
  return [
    ['region', 'category', cells.map(([, region]) => region)],
    ['y', 'text', cells.map(([, , y]) => y)],
    ['x', 'float', cells.map(([x]) => (x === '' ? null : Number(x)))],
  ]
}

/** What the README tells a stranger to do. */
function prepareByHand({ columns, steps }: TablePreprocessing, [x, region]: Cells): number[] {
  const inputs = columns.flatMap((column) => {
    if (column.type === 'category') return column.categories.map((word) => (word === region ? 1 : 0))
    return [x === '' ? (column.fill ?? Number.NaN) : Number(x)]
  })
  const transformed = steps.reduce((values, step) => {
    switch (step.step) {
      case 'standardize':
        return values.map((value, n) => (value - (step.mean[n] ?? 0)) / ((step.std[n] ?? 0) + step.epsilon))
      case 'minmax':
        return values.map((value, n) => (value - (step.min[n] ?? 0)) / ((step.max[n] ?? 0) - (step.min[n] ?? 0)))
      case 'scale':
        return values.map((value) => value * step.factor)
      case 'clip':
        return values.map((value) => Math.min(Math.max(value, step.min), step.max))
    }
  }, inputs)
  return transformed.map(Math.fround)
}

describe.skipIf(noReferenceData)(`prepared wine${noReferenceData}`, () => {
  it.each([
    ['wine-csv', [0, 1, 2]],
    ['wine-remapped-labels', [3, 5, 8]],
  ])('%s has the mean and deviation that the reference fitted, and its classes', async (name, classes) => {
    const { preprocessing, manifest, source } = await prepareReference(name)
    const { standardization } = JSON.parse(await readFile(referenceFile(`${name}/reference.json`), 'utf8'))
    const [step] = preprocessing.steps
    if (step?.step !== 'standardize') throw new Error('not standardized')
    step.mean.forEach((mean, index) => expect(mean / standardization.mean[index]).toBeCloseTo(1, 5))
    step.std.forEach((std, index) => expect(std / standardization.std[index]).toBeCloseTo(1, 5))
    expect(preprocessing.fittedOnRows).toBe(standardization.from_rows)
    expect(preprocessing.label?.classes).toEqual(classes)
    expect(manifest).toMatchObject({ rows: 178, trainRows: 142, validationRows: 36 })
    expect(manifest.classes?.map(({ rows }) => rows)).toEqual([59, 71, 48])
    expect(await source.gather(Uint32Array.of(0, 1))).toMatchObject({ targets: [Float32Array.of(1, 0)] })
  })
})

async function prepareReference(name: string): Promise<PreparedDataset> {
  const wine = parseDatasetDefinition(await readFile(referenceFile(`${name}/definition.yaml`)))
  return prepareDataset({ dataset: referenceFile(`${name}/dataset.csv`), scratch: inMemory.directory }, wine, {
    ...options,
    inputs: [{ name: 'in', shape: [13] }],
    outputs: [{ name: 'out', shape: [3], labelKind: 'sparse' }],
    signal: inMemory.signal,
  })
}
