/** Cells on their way into a column: what is taken, and what is refused. @module */

import type { ColumnDefinition } from '../dataset-definition.ts'
import type { Column } from './table.ts'

/** A cell: `null` where it is empty, NaN where a number was asked for and none stands there. */
export type Cell = number | string | null

/** A cell that a column cannot take. `row` counts from 0. */
export interface RefusedCell {
  readonly row: number
  readonly column: string
  readonly expected: string
}

/** Takes a column's cells, some rows at a time and in order. */
export interface ColumnReader {
  /** The first cell that is refused, if any is. */
  take(firstRow: number, cells: readonly Cell[]): RefusedCell | undefined
  /** The column; nothing is taken afterwards. */
  finish(): Column
}

/** A model computes in float32: what lies beyond it is no use, and would overflow the statistics. */
const MAX_FLOAT32 = 3.4028234663852886e38

/** A reader of a column that has so many rows. Only a number column's cells may be missing. */
export function createColumnReader(
  { name, type }: ColumnDefinition,
  options: { readonly rows: number; readonly mayBeMissing: boolean },
): ColumnReader {
  switch (type) {
    case 'float':
    case 'int':
      return new NumberColumnReader(name, type, options)
    case 'category':
    case 'text':
      return new WordColumnReader(name, type, options)
  }
}

class NumberColumnReader implements ColumnReader {
  readonly #name: string
  readonly #type: 'float' | 'int'
  readonly #mayBeMissing: boolean
  readonly #values: Float64Array
  #missing = 0

  constructor(name: string, type: 'float' | 'int', options: { readonly rows: number; readonly mayBeMissing: boolean }) {
    this.#name = name
    this.#type = type
    this.#mayBeMissing = options.mayBeMissing
    this.#values = new Float64Array(options.rows)
  }

  take(firstRow: number, cells: readonly Cell[]): RefusedCell | undefined {
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index] ?? null
      const row = firstRow + index
      if (cell === null && this.#mayBeMissing) {
        this.#missing++
        this.#values[row] = Number.NaN
      } else if (this.#isTaken(cell)) this.#values[row] = cell
      else return { row, column: this.#name, expected: this.#type === 'int' ? 'an integer' : 'a number within float32' }
    }
    return undefined
  }

  finish(): Column {
    return { name: this.#name, type: this.#type, values: this.#values, missing: this.#missing }
  }

  #isTaken(cell: Cell): cell is number {
    return this.#type === 'int'
      ? Number.isSafeInteger(cell)
      : Number.isFinite(cell) && Math.abs(Number(cell)) <= MAX_FLOAT32
  }
}

class WordColumnReader implements ColumnReader {
  readonly #name: string
  readonly #type: 'category' | 'text'
  readonly #codes: Uint32Array
  /** Words by the order in which they first came. */
  readonly #seen = new Map<string, number>()

  constructor(name: string, type: 'category' | 'text', { rows }: { readonly rows: number }) {
    this.#name = name
    this.#type = type
    this.#codes = new Uint32Array(rows)
  }

  take(firstRow: number, cells: readonly Cell[]): RefusedCell | undefined {
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index] ?? null
      if (typeof cell !== 'string') return { row: firstRow + index, column: this.#name, expected: 'a text' }
      let code = this.#seen.get(cell)
      if (code === undefined) {
        code = this.#seen.size
        this.#seen.set(cell, code)
      }
      this.#codes[firstRow + index] = code
    }
    return undefined
  }

  finish(): Column {
    // Without a comparator, sort goes by code unit.
    const words = [...this.#seen.keys()].sort()
    const rankOfSeen = new Uint32Array(words.length)
    for (const [rank, word] of words.entries()) rankOfSeen[this.#seen.get(word) ?? 0] = rank
    const codes = this.#codes.map((code) => rankOfSeen[code] ?? 0)
    return { name: this.#name, type: this.#type, words, codes }
  }
}
