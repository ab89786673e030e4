/** A data set's rows as they were read, before anything is made of them: numbers, and words by number. @module */

import { createFieldEncoders, rawWidth, type FieldEncoder, type FieldSpec } from './field-encoder.ts'
import { RowStore, type RowStorage } from './row-store.ts'

/** Where a field lies in a raw row: `width` numbers from `offset` on. */
interface FieldPlace {
  /** A column of a table, or a feature of an example. */
  readonly name: string
  readonly offset: number
  readonly width: number
}

/** A field of numbers, NaN where one is missing. */
export interface NumberField extends FieldPlace {
  readonly kind: 'number'
  /** `float`: within float32. `int`: whole, and exact in float64. */
  readonly type: 'float' | 'int'
  /** In how many rows they are. */
  readonly missing: number
  /** Each value and in how many rows it stands, where they were counted: the smallest first. */
  readonly counts?: readonly (readonly [value: number, rows: number])[]
}

/** A field of words. In a raw row stands a word's number by the order in which they came. */
export interface WordField extends FieldPlace {
  readonly kind: 'word'
  /** Sorted by code unit. */
  readonly words: readonly string[]
  /** In how many rows each of `words` stands. */
  readonly counts: readonly number[]
  /** From the number in a raw row to the place in `words`. */
  readonly rankOf: Uint32Array
}

/** One part of a row. */
export type RawField = NumberField | WordField

/** All rows of a data set, in its own order. Closing it frees what it holds. */
export interface RawRows extends Disposable {
  readonly rows: number
  readonly fields: readonly RawField[]
  readonly store: RowStore<Float64Array<ArrayBuffer>>
}

/** Where rows go, and the encoders that make them of cells. */
export interface RowSink {
  readonly store: RowStore<Float64Array<ArrayBuffer>>
  readonly encoders: readonly FieldEncoder[]
}

/** The rows that `fill` puts into a store, which is closed where that fails. */
export async function collectRows(
  specs: readonly FieldSpec[],
  storage: RowStorage,
  fill: (sink: RowSink) => Promise<void>,
): Promise<RawRows> {
  const encoders = createFieldEncoders(specs)
  const store = new RowStore('raw', rawWidth(specs), (length) => new Float64Array(length), storage)
  try {
    await fill({ store, encoders })
  } catch (error) {
    store[Symbol.dispose]()
    throw error
  }
  return {
    rows: store.rows,
    fields: encoders.map((encoder) => encoder.finish()),
    store,
    [Symbol.dispose]: () => store[Symbol.dispose](),
  }
}

/** The field with this name, which there is. */
export function fieldOf({ fields }: Pick<RawRows, 'fields'>, name: string): RawField {
  const field = fields.find((each) => each.name === name)
  if (field === undefined) throw new TypeError(`rows without a field ${name}`)
  return field
}
