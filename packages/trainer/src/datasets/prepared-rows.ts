/** Prepared rows, kept narrow: categories and classes by number, which become one-hot as a batch is gathered. @module */

import type { RowBatch, RowSource } from '../row-source.ts'
import { RowStore, type RowStorage } from './row-store.ts'

/** Part of an input: numbers as they are, or a category: what its own place gets, and what the others get. */
export type InputPart =
  { readonly width: number; readonly hot?: undefined } | { readonly hot: Float32Array; readonly cold: Float32Array }

/** One input of the model, its parts side by side. Numbers next to each other may be one part. */
export interface PreparedInput {
  /** Without the row axis. */
  readonly shape: readonly number[]
  readonly parts: readonly InputPart[]
}

/** The target of one output of the model. */
export interface PreparedTarget {
  /** How many numbers it has. */
  readonly width: number
  /** Whether it is kept as a class number. */
  readonly isOneHot: boolean
  /** Without the row axis. */
  readonly shape: readonly number[]
}

/** Rows of narrow inputs and targets, in the data's own order. Closing it frees what it holds. */
export class PreparedRows implements RowSource, Disposable {
  readonly inputShapes: readonly (readonly number[])[]
  readonly targetShapes: readonly (readonly number[])[]
  /** A row: the parts of all inputs, then the targets; a category or class is one number. */
  readonly store: RowStore<Float32Array<ArrayBuffer>>
  readonly #inputs: readonly Section[]
  readonly #targets: readonly Section[]

  constructor(inputs: readonly PreparedInput[], targets: readonly PreparedTarget[], storage: RowStorage) {
    this.inputShapes = inputs.map(({ shape }) => shape)
    this.targetShapes = targets.map(({ shape }) => shape)
    let width = 0
    const section = (parts: readonly InputPart[]): Section => {
      const offset = width
      width += parts.reduce((sum, part) => sum + narrowWidth(part), 0)
      return { offset, parts, width: parts.reduce((sum, part) => sum + wideWidth(part), 0) }
    }
    this.#inputs = inputs.map(({ parts }) => section(mergeNumbers(parts)))
    this.#targets = targets.map((target) =>
      section([target.isOneHot ? plainOneHot(target.width) : { width: target.width }]),
    )
    this.store = new RowStore('prepared', width, (length) => new Float32Array(length), storage)
  }

  get rows(): number {
    return this.store.rows
  }

  gather(rows: Uint32Array): Promise<RowBatch> {
    const narrow = this.store.gather(rows)
    return Promise.resolve({
      inputs: this.#inputs.map((section) => this.#widen(narrow, section)),
      targets: this.#targets.map((section) => this.#widen(narrow, section)),
    })
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]()
  }

  /** A section of each row, with categories one-hot. */
  #widen(narrow: Float32Array, { offset, parts, width }: Section): Float32Array {
    const rows = narrow.length / this.store.width
    const wide = new Float32Array(rows * width)
    for (let row = 0; row < rows; row++) {
      let from = row * this.store.width + offset
      let to = row * width
      for (const part of parts) {
        if (part.hot === undefined) wide.set(narrow.subarray(from, from + part.width), to)
        else {
          const own = narrow[from] ?? 0
          wide.set(part.cold, to)
          wide[to + own] = part.hot[own] ?? 0
        }
        from += narrowWidth(part)
        to += wideWidth(part)
      }
    }
    return wide
  }
}

/** Parts that follow each other in a narrow row, from `offset` on, and how many numbers they become. */
interface Section {
  readonly offset: number
  readonly parts: readonly InputPart[]
  readonly width: number
}

/** Numbers next to each other are copied in one go. */
function mergeNumbers(parts: readonly InputPart[]): InputPart[] {
  const merged: InputPart[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (part.hot === undefined && last !== undefined && last.hot === undefined) {
      merged.splice(-1, 1, { width: last.width + part.width })
    } else merged.push(part)
  }
  return merged
}

function narrowWidth(part: InputPart): number {
  return part.hot === undefined ? part.width : 1
}

function wideWidth(part: InputPart): number {
  return part.hot === undefined ? part.width : part.hot.length
}

function plainOneHot(width: number): InputPart {
  return { hot: new Float32Array(width).fill(1), cold: new Float32Array(width) }
}
