/** Labels at and above each of many thresholds, counted in buckets as Keras does. @module */

import type { MetricBatch } from '../metrics.ts'

/** Counts per threshold; weights counted. */
export interface ThresholdCounts {
  readonly truePositives: Float64Array
  readonly falsePositives: Float64Array
  readonly positives: number
  readonly negatives: number
}

/** Where a score belongs: the last threshold that it is above. −1: above none. */
export type BucketOf = (score: number) => number

/** Evenly spaced thresholds from 0 to 1. With `floor`, scores of 0 count as above the first. */
export function evenBuckets(thresholds: number, options: { readonly floor: boolean }): BucketOf {
  return (score) => {
    const clipped = Math.min(1, Math.max(0, score))
    const bucket = Math.ceil(Math.fround(clipped * (thresholds - 1))) - 1
    return options.floor ? Math.max(0, bucket) : bucket
  }
}

/** Thresholds as given, ascending. */
export function givenBuckets(thresholds: readonly number[]): BucketOf {
  const sorted = thresholds.map(Math.fround)
  return (score) => sorted.findLastIndex((threshold) => score > threshold)
}

/** Buckets being filled. */
export class ThresholdBuckets {
  readonly #positives: Float64Array
  readonly #negatives: Float64Array
  #positiveTotal = 0
  #negativeTotal = 0

  constructor(thresholds: number) {
    this.#positives = new Float64Array(thresholds)
    this.#negatives = new Float64Array(thresholds)
  }

  add(positive: boolean, bucket: number, weight: number): void {
    if (positive) this.#positiveTotal += weight
    else this.#negativeTotal += weight
    const counts = positive ? this.#positives : this.#negatives
    if (bucket >= 0) counts[bucket] = (counts[bucket] ?? 0) + weight
  }

  counts(): ThresholdCounts {
    return {
      truePositives: fromTheTop(this.#positives),
      falsePositives: fromTheTop(this.#negatives),
      positives: this.#positiveTotal,
      negatives: this.#negativeTotal,
    }
  }
}

/** What one number of a batch weighs. */
export function weightAt({ prediction, rows, weights }: MetricBatch, index: number): number {
  return weights === undefined ? 1 : (weights[Math.floor(index / (prediction.length / rows))] ?? 0)
}

/** The number at an index; 0 beyond the end. */
export function at(values: Float64Array, index: number): number {
  return values[index] ?? 0
}

/** 0 where there is nothing to divide by. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function fromTheTop(counts: Float64Array): Float64Array {
  const sums = Float64Array.from(counts)
  for (let index = sums.length - 2; index >= 0; index -= 1) sums[index] = at(sums, index) + at(sums, index + 1)
  return sums
}
