/** Statistics of numbers in float64, summed in the order given, so that they are the same everywhere. @module */

import type { ColumnStatistics } from '../documents/dataset-manifest.ts'

/** Smallest, largest, mean and population standard deviation; nothing for no numbers. NaN counts as not there. */
export function describeNumbers(values: Float64Array): ColumnStatistics | undefined {
  const present = withoutNaN(values)
  if (present.length === 0) return undefined
  let min = Infinity
  let max = -Infinity
  let sum = 0
  for (const value of present) {
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
  }
  const mean = sum / present.length
  let squares = 0
  for (const value of present) squares += (value - mean) ** 2
  return { min, max, mean, std: Math.sqrt(squares / present.length) }
}

/** The middle value, or the mean of the two in the middle; nothing for no numbers. NaN counts as not there. */
export function medianOf(values: Float64Array): number | undefined {
  const sorted = withoutNaN(values).toSorted()
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined || sorted.length % 2 === 1) return upper
  return ((sorted[middle - 1] ?? upper) + upper) / 2
}

function withoutNaN(values: Float64Array): Float64Array {
  return values.filter((value) => !Number.isNaN(value))
}
