/** Statistics of an image's channels, row by row, and of many rows from those of each: in float64, in row order. @module */

import type { ColumnStatistics } from '../documents/dataset-manifest.ts'

/** Numbers that are kept for each channel of each row: sum, sum of squared distances from the mean, smallest, largest. */
const KEPT = 4

/** Statistics of every row's channels, from which those of any rows can be had without a pixel. */
export class ChannelStatistics {
  readonly #channels: number
  readonly #valuesPerChannel: number
  readonly #kept: Float64Array

  /** For so many rows of so many channels, each channel having so many values in a row. */
  constructor(rows: number, { channels, valuesPerChannel }: { channels: number; valuesPerChannel: number }) {
    this.#channels = channels
    this.#valuesPerChannel = valuesPerChannel
    this.#kept = new Float64Array(rows * channels * KEPT)
  }

  /** Takes a row: the channels of its first pixel, then those of the next. */
  set(row: number, values: Uint8Array | Float32Array): void {
    for (let channel = 0; channel < this.#channels; channel++) {
      let [sum, min, max] = [0, Infinity, -Infinity]
      for (let at = channel; at < values.length; at += this.#channels) {
        const value = values[at] ?? 0
        sum += value
        if (value < min) min = value
        if (value > max) max = value
      }
      const mean = sum / this.#valuesPerChannel
      let squares = 0
      for (let at = channel; at < values.length; at += this.#channels) squares += ((values[at] ?? 0) - mean) ** 2
      this.#kept.set([sum, squares, min, max], this.#start(row, channel))
    }
  }

  /** Each channel's statistics over these rows, taken in ascending order. Of bytes, the mean is exact but for one rounding. */
  over(rows: Uint32Array): readonly ColumnStatistics[] {
    const inOrder = rows.toSorted()
    return Array.from({ length: this.#channels }, (_, channel) => {
      let [total, min, max] = [0, Infinity, -Infinity]
      for (const row of inOrder) {
        const [sum = 0, , rowMin = 0, rowMax = 0] = this.#of(row, channel)
        total += sum
        min = Math.min(min, rowMin)
        max = Math.max(max, rowMax)
      }
      const mean = total / (inOrder.length * this.#valuesPerChannel)
      let squares = 0
      for (const row of inOrder) {
        const [sum = 0, rowSquares = 0] = this.#of(row, channel)
        // Steiner: distances from the row's own mean, and from there to the mean of all.
        squares += rowSquares + this.#valuesPerChannel * (sum / this.#valuesPerChannel - mean) ** 2
      }
      return { min, max, mean, std: Math.sqrt(squares / (inOrder.length * this.#valuesPerChannel)) }
    })
  }

  #of(row: number, channel: number): Float64Array {
    return this.#kept.subarray(this.#start(row, channel), this.#start(row, channel) + KEPT)
  }

  #start(row: number, channel: number): number {
    return (row * this.#channels + channel) * KEPT
  }
}
