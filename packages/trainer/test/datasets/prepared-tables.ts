/** A small table, its definition and its model, for tests. @module */

import type { TableDefinition } from '../../src/dataset-definition.ts'
import { planTable, type ModelPorts } from '../../src/datasets/plan.ts'
import { prepareTable, type PrepareTableOptions } from '../../src/datasets/prepare-table.ts'
import type { PreparedDataset } from '../../src/datasets/prepared-dataset.ts'
import { createRandom } from '../../src/random.ts'
import { inMemory, rawOf, type TestColumn } from './raw-tables.ts'

/** Everything but the storage and the division is left as it is. */
export const options: PrepareTableOptions = {
  validationSplit: 0.2,
  shuffle: false,
  random: createRandom(1),
  storage: inMemory,
}

/** A model with one input and one output. */
export const ports: ModelPorts = {
  inputs: [{ name: 'in', shape: [3] }],
  outputs: [{ name: 'out', shape: [2], labelKind: 'sparse' }],
}

/** Of the columns below. */
export const definition: TableDefinition = {
  type: 'csv',
  columns: [
    { name: 'region', type: 'category' },
    { name: 'y', type: 'text' },
    { name: 'x', type: 'float' },
  ],
  label: 'y',
  missing: 0,
  inputShape: [3],
  outputShape: [2],
  preprocessing: { normalize: 'minmax', scale: 2 },
}
/** Five rows. */
export const columns: readonly TestColumn[] = [
  ['region', 'category', ['n', 's', 'n', 's', 's']],
  ['y', 'text', ['yes', 'yes', 'no', 'no', 'yes']],
  ['x', 'float', [4, null, 2, 3, 8]],
]

/** Prepares columns as the definition says, with these changes to it and to the model. */
export async function prepare(
  change: Partial<TableDefinition> = {},
  model: Partial<ModelPorts> = {},
  cells: readonly TestColumn[] = columns,
  how: PrepareTableOptions = options,
): Promise<PreparedDataset> {
  using raw = rawOf(cells, how.storage)
  const { label: _label, inputShape: _input, outputShape: _output, ...others } = definition
  const changed = 'outputs' in change ? { ...others, ...change } : { ...definition, ...change }
  const table = { raw, root: {}, ignoredColumns: ['id'], [Symbol.dispose]: () => undefined }
  return await prepareTable(table, changed, planTable(changed, { ...ports, ...model }), how)
}
