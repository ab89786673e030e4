import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type { TableDefinition } from '../../src/dataset-definition.ts'
import type { ModelPorts } from '../../src/datasets/plan.ts'
import { parsePreprocessing, serializePreprocessing } from '../../src/documents/preprocessing.ts'
import { createRandom } from '../../src/random.ts'
import { rejectionOf } from '../error-of.ts'
import { columns, options, prepare } from './prepared-tables.ts'
import { inMemory, type TestColumn } from './raw-tables.ts'

describe('a data set for several inputs and outputs', () => {
  const several: TableDefinition = {
    type: 'parquet',
    columns: [
      { name: 'region', type: 'category' },
      { name: 'y', type: 'text' },
      { name: 'x', type: 'float' },
      { name: 'price', type: 'float' },
    ],
    inputs: [
      { name: 'numbers', columns: ['x'], shape: [1] },
      { name: 'place', columns: ['region', 'x'], shape: [3] },
    ],
    outputs: [
      { name: 'cost', label: 'price', shape: [1] },
      { name: 'kind', label: 'y', shape: [2] },
    ],
    missing: 0,
    preprocessing: { scale: 2 },
  }
  const model: ModelPorts = {
    inputs: [
      { name: 'place', shape: [3] },
      { name: 'numbers', shape: [1] },
    ],
    outputs: [
      { name: 'kind', shape: [2], labelKind: 'categorical' },
      { name: 'cost', shape: [1], labelKind: 'regression' },
    ],
  }
  const cells: readonly TestColumn[] = [...columns, ['price', 'float', [1, 2, 3, 4, 5]]]

  it('gives them in the model’s order, by its names', async () => {
    const { source } = await prepare(several, model, cells)
    expect(source).toMatchObject({ inputShapes: [[3], [1]], targetShapes: [[2], [1]] })
    expect(await source.gather(Uint32Array.of(4, 1))).toEqual({
      inputs: [Float32Array.of(0, 2, 16, 0, 2, 0), Float32Array.of(16, 0)],
      targets: [Float32Array.of(0, 1, 0, 1), Float32Array.of(5, 2)],
    })
  })

  it('is described with how a row is cut up, and every label', async () => {
    const { preprocessing, manifest } = await prepare(several, model, cells)
    expect(parsePreprocessing(serializePreprocessing(preprocessing))).toEqual({
      type: 'parquet',
      columns: [
        { name: 'region', type: 'category', categories: ['n', 's'] },
        { name: 'x', type: 'float', fill: 0 },
        { name: 'x', type: 'float', fill: 0 },
      ],
      inputs: [
        { name: 'place', shape: [3] },
        { name: 'numbers', shape: [1] },
      ],
      steps: [{ step: 'scale', factor: 2 }],
      labels: [
        { output: 'kind', column: 'y', kind: 'categorical', classes: ['no', 'yes'] },
        { output: 'cost', column: 'price', kind: 'regression' },
      ],
      fittedOnRows: 4,
    })
    expect(manifest).toMatchObject({ type: 'parquet', columns: [{}, { role: 'label' }, {}, { role: 'label' }] })
    expect(manifest).not.toHaveProperty('classes')
  })

  it.each<[string, Partial<ModelPorts>, string]>([
    [
      'an input less',
      { inputs: [{ name: 'place', shape: [3] }] },
      'inputs of the model: expected 1 ("place"), got 2 ("numbers", "place") in the definition',
    ],
    [
      'an output of another name',
      {
        outputs: [
          model.outputs[0] ?? { name: '', shape: [], labelKind: 'sparse' },
          { name: 'price', shape: [1], labelKind: 'regression' },
        ],
      },
      'outputs of the model: expected 2 ("kind", "price"), got 2 ("cost", "kind") in the definition',
    ],
    [
      'an input of another shape',
      {
        inputs: [
          { name: 'place', shape: [2] },
          { name: 'numbers', shape: [1] },
        ],
      },
      'input_shape.place: expected [2], as the model has, got [3] in the definition and 3 per row in the data',
    ],
  ])('is refused by a model with %s', async (_, change, message) => {
    const error = await rejectionOf(TrainingError, () => prepare(several, { ...model, ...change }, cells))
    expect([error.code, error.message]).toEqual(['SHAPE_MISMATCH', message])
  })
})

describe('rows in files', () => {
  it('are prepared as those in memory are, to the last bit', async () => {
    const rows = Array.from({ length: 500 }, (_, row) => row)
    const many: readonly TestColumn[] = [
      ['region', 'category', rows.map((row) => `r${(row * 7) % 3}`)],
      ['y', 'text', rows.map((row) => (row % 3 === 0 ? 'no' : 'yes'))],
      ['x', 'float', rows.map((row) => (row % 11 === 0 ? null : Math.sin(row) * 1e3))],
    ]
    const change: Partial<TableDefinition> = {
      missing: 'median',
      preprocessing: { normalize: 'standardize', scale: 0.3 },
      inputShape: [4],
    }
    const model = { inputs: [{ name: 'in', shape: [4] }] }
    const directory = await mkdtemp(join(tmpdir(), 'aibomgen-prepared-'))
    try {
      const everything = async (memoryBytes: number): Promise<unknown> => {
        const storage = { ...inMemory, directory, memoryBytes }
        const { source, split, preprocessing, manifest } = await prepare(change, model, many, {
          ...options,
          shuffle: true,
          random: createRandom(1),
          storage,
        })
        return { batch: await source.gather(split.train), split, preprocessing, manifest }
      }
      expect(await everything(0)).toEqual(await everything(2 ** 30))
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
