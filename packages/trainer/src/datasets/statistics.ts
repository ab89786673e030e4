/** Statistics of raw rows in float64, summed in the rows' order, so that they are the same everywhere. @module */

import type { ColumnStatistics } from '../documents/dataset-manifest.ts'
import type { RawRows } from './raw-rows.ts'

/** Which numbers to describe. */
export interface StatisticsView {
  /** Per row, 1 where it counts. All do when left out. */
  readonly rows?: Uint8Array
  /** Per number of a raw row, what stands for a missing one. NaN, or nothing at all: a missing one counts as not there. */
  readonly fill?: Float64Array
}

/**
 * For each view, the statistics of each number of a raw row: smallest, largest, mean and population standard deviation
 * over the rows; nothing where there is no number. Goes over the rows twice, whatever the number of views.
 */
export async function describeRows(
  { store }: Pick<RawRows, 'store'>,
  views: readonly StatisticsView[],
): Promise<readonly (readonly (ColumnStatistics | undefined)[])[]> {
  const sums = views.map((view) => new Sums(view, store.width))
  for await (const { firstRow, rows, values } of store.blocks()) for (const sum of sums) sum.add(firstRow, rows, values)
  for (const sum of sums) sum.takeMeans()
  for await (const { firstRow, rows, values } of store.blocks()) {
    for (const sum of sums) sum.addSquares(firstRow, rows, values)
  }
  return sums.map((sum) => sum.statistics())
}

/** Statistics of a number that is 1 in `ones` of so many rows, and 0 in the others. */
export function describeOnes(ones: number, rows: number): ColumnStatistics {
  const mean = ones / rows
  const squares = ones * (1 - mean) ** 2 + (rows - ones) * mean ** 2
  return { min: ones === rows ? 1 : 0, max: ones === 0 ? 0 : 1, mean, std: Math.sqrt(squares / rows) }
}

class Sums {
  readonly #view: StatisticsView
  readonly #width: number
  readonly #count: Float64Array
  readonly #min: Float64Array
  readonly #max: Float64Array
  readonly #sum: Float64Array
  readonly #mean: Float64Array
  readonly #squares: Float64Array

  constructor(view: StatisticsView, width: number) {
    this.#view = view
    this.#width = width
    this.#count = new Float64Array(width)
    this.#min = new Float64Array(width).fill(Infinity)
    this.#max = new Float64Array(width).fill(-Infinity)
    this.#sum = new Float64Array(width)
    this.#mean = new Float64Array(width)
    this.#squares = new Float64Array(width)
  }

  add(firstRow: number, rows: number, values: Float64Array): void {
    this.#over(firstRow, rows, values, (value, index) => {
      this.#count[index] = (this.#count[index] ?? 0) + 1
      this.#sum[index] = (this.#sum[index] ?? 0) + value
      if (value < (this.#min[index] ?? 0)) this.#min[index] = value
      if (value > (this.#max[index] ?? 0)) this.#max[index] = value
    })
  }

  takeMeans(): void {
    for (const [index, sum] of this.#sum.entries()) this.#mean[index] = sum / (this.#count[index] ?? 0)
  }

  addSquares(firstRow: number, rows: number, values: Float64Array): void {
    this.#over(firstRow, rows, values, (value, index) => {
      this.#squares[index] = (this.#squares[index] ?? 0) + (value - (this.#mean[index] ?? 0)) ** 2
    })
  }

  statistics(): (ColumnStatistics | undefined)[] {
    return Array.from(this.#count, (count, index) => {
      if (count === 0) return undefined
      const std = Math.sqrt((this.#squares[index] ?? 0) / count)
      // Adding 0 makes a smallest or largest of −0 the 0 that a document spells.
      return { min: (this.#min[index] ?? 0) + 0, max: (this.#max[index] ?? 0) + 0, mean: this.#mean[index] ?? 0, std }
    })
  }

  #over(firstRow: number, rows: number, values: Float64Array, take: (value: number, index: number) => void): void {
    const { rows: counts, fill } = this.#view
    for (let row = 0; row < rows; row++) {
      if (counts !== undefined && counts[firstRow + row] !== 1) continue
      const start = row * this.#width
      for (let index = 0; index < this.#width; index++) {
        let value = values[start + index] ?? 0
        if (Number.isNaN(value)) {
          value = fill?.[index] ?? Number.NaN
          if (Number.isNaN(value)) continue
        }
        take(value, index)
      }
    }
  }
}
