/** A small model and rows for it. @module */

import type { FitOptions } from '../src/fit-options.ts'
import { createKerasModel, type LayerDescription, type ModelDescription } from '../src/keras/create-model.ts'
import { loadKerasModel } from '../src/keras/load-model.ts'
import type { KerasModel } from '../src/keras/model.ts'
import type { RowSource } from '../src/row-source.ts'
import { rowSourceOf, upTo, wholeRun } from './row-tables.ts'

/** What goes in, row by row. */
export const inputs: readonly number[][] = Array.from({ length: 50 }, (_, row) => [Math.sin(row), Math.cos(row * 3)])
/** Fifty rows of two numbers and their product. */
export const data: RowSource = rowSourceOf(
  [inputs],
  inputs.map(([x = 0, y = 0]) => [x * y]),
)
/** Forty rows train, ten validate. */
export const options: FitOptions = { ...wholeRun(upTo(40), upTo(50).subarray(40)), batchSize: 16 }

/** Layers of the caller's, and one number at the end. */
export function model(
  layers: readonly LayerDescription[] = [{ type: 'Dense', units: 4, activation: 'tanh' }],
  changes: Partial<ModelDescription> = {},
): Promise<KerasModel> {
  const optimizer = { type: 'SGD', learningRate: 0.1 } as const
  return loadKerasModel(
    createKerasModel({
      name: 'small',
      input: [2],
      layers: [...layers, { type: 'Dense', units: 1 }],
      compile: { optimizer, loss: 'mean_squared_error', metrics: ['mae'] },
      seed: 3,
      ...changes,
    }),
  )
}
