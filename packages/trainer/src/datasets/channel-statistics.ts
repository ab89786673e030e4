/** Statistics of an image's channels, row by row, and of many rows from those of each: in float64, in row order. @module */

import type { ColumnStatistics } from '../documents/dataset-manifest.ts'

/** Numbers that are kept for each channel of each row: mean, sum of squared distances from it, smallest, largest. */
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
      this.#kept.set([mean, squares, min, max], this.#start(row, channel))
    }
  }

  /**
   * Each channel's statistics over these rows, taken in ascending order (the parallel algorithm of Chan, Golub and
   * LeVeque, all parts being equally large).
   */
  over(rows: Uint32Array): readonly ColumnStatistics[] {
    const inOrder = rows.toSorted()
    return Array.from({ length: this.#channels }, (_, channel) => {
      let [mean, squares, min, max] = [0, 0, Infinity, -Infinity]
      for (const [index, row] of inOrder.entries()) {
        const [rowMean = 0, rowSquares = 0, rowMin = 0, rowMax = 0] = this.#kept.subarray(
          this.#start(row, channel),
          this.#start(row, channel) + KEPT,
        )
        const distance = rowMean - mean
        mean += distance / (index + 1)
        squares += rowSquares + (distance ** 2 * this.#valuesPerChannel * index) / (index + 1)
        min = Math.min(min, rowMin)
        max = Math.max(max, rowMax)
      }
      return { min, max, mean, std: Math.sqrt(squares / (inOrder.length * this.#valuesPerChannel)) }
    })
  }

  #start(row: number, channel: number): number {
    return (row * this.#channels + channel) * KEPT
  }
}
