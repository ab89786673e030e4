/** The best of one measure where another is at least so much: precision at recall, and the like. @module */

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricFactory } from '../metrics.ts'
import { at, evenBuckets, givenBuckets, ratio, ThresholdBuckets, weightAt } from './threshold-counts.ts'

type Measure = 'recall' | 'precision' | 'specificity'

/** `keras.metrics.SensitivityAtSpecificity`. */
export const sensitivityAtSpecificity: MetricFactory = (config) =>
  bestAt(config, { option: 'specificity', held: 'specificity', sought: 'recall' })
/** `keras.metrics.SpecificityAtSensitivity`. */
export const specificityAtSensitivity: MetricFactory = (config) =>
  bestAt(config, { option: 'sensitivity', held: 'recall', sought: 'specificity' })
/** `keras.metrics.PrecisionAtRecall`. */
export const precisionAtRecall: MetricFactory = (config) =>
  bestAt(config, { option: 'recall', held: 'recall', sought: 'precision' })
/** `keras.metrics.RecallAtPrecision`. */
export const recallAtPrecision: MetricFactory = (config) =>
  bestAt(config, { option: 'precision', held: 'precision', sought: 'recall' })

function bestAt(
  config: ConfigReader,
  { option, held, sought }: { readonly option: string; readonly held: Measure; readonly sought: Measure },
): () => Metric {
  const least = Math.fround(config.number(option))
  const thresholds = config.integer('num_thresholds', 200)
  const wanted = config.value('class_id') === undefined ? undefined : config.integer('class_id')
  const bucketOf = thresholds === 1 ? givenBuckets([0.5]) : evenBuckets(thresholds, { floor: false })
  return () => {
    const buckets = new ThresholdBuckets(thresholds)
    return {
      update(batch) {
        batch.prediction.forEach((score, index) => {
          if (wanted !== undefined && index % batch.classes !== wanted) return
          buckets.add((batch.target[index] ?? 0) !== 0, bucketOf(score), weightAt(batch, index))
        })
      },
      result() {
        const { truePositives, falsePositives, positives, negatives } = buckets.counts()
        const measures: Record<Measure, (index: number) => number> = {
          recall: (index) => ratio(at(truePositives, index), positives),
          precision: (index) => ratio(at(truePositives, index), at(truePositives, index) + at(falsePositives, index)),
          specificity: (index) => ratio(negatives - at(falsePositives, index), negatives),
        }
        return truePositives.reduce(
          (best, _, index) =>
            Math.fround(measures[held](index)) >= least ? Math.max(best, measures[sought](index)) : best,
          0,
        )
      },
    }
  }
}
