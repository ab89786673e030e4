/** Cells on their way into raw rows: what is taken, and what is refused. @module */

import type { RawField } from './raw-rows.ts'

/** A cell: `null` where it is empty, NaN where a number was asked for and none stands there. */
export type Cell = number | string | null

/** A field to read. */
export interface FieldSpec {
  readonly name: string
  readonly type: 'float' | 'int' | 'category' | 'text'
  /** How many numbers it has in each row; 1 for words. */
  readonly width: number
  /** Whether its numbers may be missing. */
  readonly mayBeMissing: boolean
  /** Whether its values are classes, to be told apart and counted. Words always are. */
  readonly isCounted: boolean
}

/** Takes the cells of one field, row after row. */
export interface FieldEncoder {
  readonly spec: FieldSpec
  /** Of its first number in a raw row. */
  readonly offset: number
  /** Puts a cell at `position` of `block`. Says what was expected instead where the cell is refused. */
  put(cell: Cell, block: Float64Array, position: number): string | undefined
  /** The field; nothing is taken afterwards. */
  finish(): RawField
}

/** A model computes in float32: what lies beyond it is no use, and would overflow the statistics. */
const MAX_FLOAT32 = 3.4028234663852886e38

/** As many and as long as the documents about a run can name. */
const MAX_DISTINCT = 1_000_000
const MAX_WORD_CHARACTERS = 65_536
const MAX_ALL_CHARACTERS = 32 * 1024 * 1024
const TOO_MANY = `at most ${MAX_DISTINCT} different values in all`
const TOO_LONG = `words of at most ${MAX_ALL_CHARACTERS} characters in all`

/** An encoder for each field, side by side in a row. */
export function createFieldEncoders(specs: readonly FieldSpec[]): readonly FieldEncoder[] {
  let offset = 0
  return specs.map((spec) => {
    const isWord = spec.type === 'category' || spec.type === 'text'
    const encoder = isWord ? new WordEncoder(spec, offset) : new NumberEncoder(spec, spec.type === 'int', offset)
    offset += spec.width
    return encoder
  })
}

/** How many numbers a raw row of these fields has. */
export function rawWidth(specs: readonly FieldSpec[]): number {
  return specs.reduce((width, spec) => width + spec.width, 0)
}

class NumberEncoder implements FieldEncoder {
  readonly spec: FieldSpec
  readonly offset: number
  readonly #isInt: boolean
  readonly #counts: Map<number, number> | undefined
  #missing = 0

  constructor(spec: FieldSpec, isInt: boolean, offset: number) {
    this.spec = spec
    this.offset = offset
    this.#isInt = isInt
    this.#counts = spec.isCounted ? new Map() : undefined
  }

  put(cell: Cell, block: Float64Array, position: number): string | undefined {
    if (cell === null && this.spec.mayBeMissing) {
      this.#missing++
      block[position] = Number.NaN
      return undefined
    }
    if (!this.#isTaken(cell)) return this.#isInt ? 'an integer within ±(2^53 − 1)' : 'a number within float32'
    block[position] = cell
    if (this.#counts === undefined) return undefined
    const count = this.#counts.get(cell) ?? 0
    if (count === 0 && this.#counts.size === MAX_DISTINCT) return TOO_MANY
    this.#counts.set(cell, count + 1)
    return undefined
  }

  finish(): RawField {
    const { name, width } = this.spec
    const counts = this.#counts && [...this.#counts].sort(([a], [b]) => a - b)
    return {
      kind: 'number',
      name,
      type: this.#isInt ? 'int' : 'float',
      offset: this.offset,
      width,
      missing: this.#missing / width,
      ...(counts === undefined ? {} : { counts }),
    }
  }

  #isTaken(cell: Cell): cell is number {
    return this.#isInt ? Number.isSafeInteger(cell) : Number.isFinite(cell) && Math.abs(Number(cell)) <= MAX_FLOAT32
  }
}

class WordEncoder implements FieldEncoder {
  readonly spec: FieldSpec
  readonly offset: number
  /** Words by the order in which they first came. */
  readonly #codes = new Map<string, number>()
  readonly #counts: number[] = []
  #characters = 0

  constructor(spec: FieldSpec, offset: number) {
    this.spec = spec
    this.offset = offset
  }

  put(cell: Cell, block: Float64Array, position: number): string | undefined {
    if (typeof cell !== 'string') return 'a text'
    let code = this.#codes.get(cell)
    if (code === undefined) {
      if (this.#codes.size === MAX_DISTINCT) return TOO_MANY
      if (cell.length > MAX_WORD_CHARACTERS) return `a text of at most ${MAX_WORD_CHARACTERS} characters`
      this.#characters += cell.length
      if (this.#characters > MAX_ALL_CHARACTERS) return TOO_LONG
      code = this.#codes.size
      this.#codes.set(cell, code)
    }
    this.#counts[code] = (this.#counts[code] ?? 0) + 1
    block[position] = code
    return undefined
  }

  finish(): RawField {
    // Without a comparator, sort goes by code unit.
    const words = [...this.#codes.keys()].sort()
    const rankOf = new Uint32Array(words.length)
    const counts = words.map((word, rank) => {
      const code = this.#codes.get(word) ?? 0
      rankOf[code] = rank
      return this.#counts[code] ?? 0
    })
    return { kind: 'word', name: this.spec.name, offset: this.offset, width: 1, words, counts, rankOf }
  }
}
