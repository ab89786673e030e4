/** Raw rows for tests: from columns, and back. @module */

import { tmpdir } from 'node:os'

import { createFieldEncoders, rawWidth, type Cell, type FieldSpec } from '../../src/datasets/field-encoder.ts'
import type { DatasetPlan } from '../../src/datasets/plan.ts'
import type { RawRows } from '../../src/datasets/raw-rows.ts'
import { RowStore, type RowStorage } from '../../src/datasets/row-store.ts'
import type { LabelKind } from '../../src/documents/preprocessing.ts'

/** Rows stay in memory. */
export const inMemory: RowStorage = {
  directory: tmpdir(),
  memoryBytes: 2 ** 30,
  signal: new AbortController().signal,
}

/** A column: its name, type and cells; `null` is a missing number. */
export type TestColumn = readonly [
  name: string,
  type: FieldSpec['type'],
  cells: readonly Cell[],
  options?: Partial<FieldSpec>,
]

/** Raw rows of these columns. Integers are counted. */
export function rawOf(columns: readonly TestColumn[], storage: RowStorage = inMemory): RawRows {
  const specs = columns.map(([name, type, , options]) => ({
    name,
    type,
    width: 1,
    mayBeMissing: true,
    isCounted: type === 'int',
    ...options,
  }))
  const encoders = createFieldEncoders(specs)
  const store = new RowStore('raw', rawWidth(specs), (length) => new Float64Array(length), storage)
  const row = new Float64Array(store.width)
  const rows = columns[0]?.[2].length ?? 0
  for (let index = 0; index < rows; index++) {
    for (const [place, encoder] of encoders.entries()) {
      const expected = encoder.put(columns[place]?.[2][index] ?? null, row, encoder.offset)
      if (expected !== undefined) throw new Error(`test column ${encoder.spec.name}: expected ${expected}`)
    }
    store.append(row)
  }
  return {
    rows,
    fields: encoders.map((encoder) => encoder.finish()),
    store,
    [Symbol.dispose]: () => store[Symbol.dispose](),
  }
}

/** The cells of each column, by its name. */
export function cellsOf({ rows, fields, store }: RawRows): Record<string, Cell[]> {
  const all = store.gather(Uint32Array.from({ length: rows }, (_, row) => row))
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      Array.from({ length: rows }, (_, row): Cell => {
        const value = all[row * store.width + field.offset] ?? 0
        if (field.kind === 'word') return field.words[field.rankOf[value] ?? 0] ?? ''
        return Number.isNaN(value) ? null : value
      }),
    ]),
  )
}

/** The plan of a model with one input and one output. */
export function planOf(
  inputs: readonly string[],
  label: string,
  options: {
    readonly labelKind: LabelKind
    readonly inputShape: readonly number[]
    readonly outputShape: readonly number[]
  },
): DatasetPlan {
  const { labelKind, inputShape, outputShape } = options
  return {
    inputs: [{ port: { name: 'in', shape: inputShape }, fields: inputs, shape: inputShape }],
    outputs: [{ port: { name: 'out', shape: outputShape, labelKind }, field: label, shape: outputShape }],
  }
}
