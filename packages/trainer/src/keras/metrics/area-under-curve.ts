/** AUC over thresholds, by Keras's buckets. @module */

import type { JsonValue } from '@aibomgen/core'

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'
import {
  at,
  evenBuckets,
  givenBuckets,
  ratio,
  ThresholdBuckets,
  weightAt,
  type ThresholdCounts,
} from './threshold-counts.ts'

type Curve = 'ROC' | 'PR' | 'PRGAIN'
type Summation = 'interpolation' | 'minoring' | 'majoring'

const EPSILON = 1e-7

/**
 * `keras.metrics.AUC`: the area under the ROC, precision-recall or gain curve, with Keras's three ways to sum; over
 * everything together, or per label (`multi_label`) and then averaged.
 */
export const areaUnderCurve: MetricFactory = (config) => {
  const given = config.value('thresholds') === undefined ? undefined : numbers(config, 'thresholds').toSorted(ascending)
  const count = config.integer('num_thresholds', 200)
  const thresholds = given === undefined ? count : given.length + 2
  const curve = config.oneOf('curve', ['ROC', 'PR', 'PRGAIN'])
  const summation = config.oneOf('summation_method', ['interpolation', 'minoring', 'majoring'])
  const fromLogits = config.boolean('from_logits', false)
  const multiLabel = config.boolean('multi_label', false)
  config.ignore('num_labels') // the model's outputs say it
  const labelWeights = config.value('label_weights') === undefined ? undefined : numbers(config, 'label_weights')
  const bucketOf =
    given === undefined ? evenBuckets(count, { floor: true }) : givenBuckets([-EPSILON, ...given, 1 + EPSILON])

  return () => {
    const buckets: ThresholdBuckets[] = []
    return {
      update(batch) {
        batch.prediction.forEach((value, index) => {
          const label = index % batch.classes
          const own = (buckets[multiLabel ? label : 0] ??= new ThresholdBuckets(thresholds))
          const probability = fromLogits ? Math.fround(1 / (1 + Math.exp(-value))) : value
          const weight = multiLabel ? 1 : (labelWeights?.[label] ?? 1)
          own.add((batch.target[index] ?? 0) !== 0, bucketOf(probability), weight * weightAt(batch, index))
        })
      },
      result() {
        const shares = buckets.map((_, label) => (multiLabel ? (labelWeights?.[label] ?? 1) : 1))
        const areas = buckets.map((own) => area(own.counts(), curve, summation))
        const total = areas.reduce((sum, value, label) => sum + value * (shares[label] ?? 1), 0)
        return ratio(
          total,
          shares.reduce((sum, share) => sum + share, 0),
        )
      },
    } satisfies Metric
  }
}

function area(counts: ThresholdCounts, curve: Curve, summation: Summation): number {
  if (curve === 'PR' && summation === 'interpolation') return precisionRecallArea(counts)
  const [x, y] = curvePoints(counts, curve)
  let total = 0
  for (let index = 0; index + 1 < x.length; index += 1) {
    const [left, right] = [at(y, index), at(y, index + 1)]
    const height = {
      interpolation: (left + right) / 2,
      minoring: Math.min(left, right),
      majoring: Math.max(left, right),
    }
    total += (at(x, index) - at(x, index + 1)) * height[summation]
  }
  return total
}

function curvePoints(counts: ThresholdCounts, curve: Curve): readonly [x: Float64Array, y: Float64Array] {
  const { truePositives, falsePositives, positives, negatives } = counts
  const recall = truePositives.map((count) => ratio(count, positives))
  switch (curve) {
    case 'ROC':
      return [falsePositives.map((count) => ratio(count, negatives)), recall]
    case 'PR':
      return [recall, truePositives.map((count, index) => ratio(count, count + at(falsePositives, index)))]
    case 'PRGAIN': {
      const scale = ratio(positives, negatives)
      const gain = (lost: (index: number) => number, none: number): Float64Array =>
        truePositives.map((count, index) => (count === 0 ? none : 1 - scale * (lost(index) / count)))
      const recallGain = gain((index) => positives - at(truePositives, index), 0)
      return [recallGain.map((value) => Math.max(value, 0)), gain((index) => at(falsePositives, index), 1)]
    }
  }
}

/** Davis and Goadrich's interpolation, in Keras's closed form (`AUC.interpolate_pr_auc`). */
function precisionRecallArea({ truePositives, falsePositives, positives }: ThresholdCounts): number {
  let total = 0
  for (let index = 0; index + 1 < truePositives.length; index += 1) {
    const [truthHere, truthNext] = [at(truePositives, index), at(truePositives, index + 1)]
    const [allHere, allNext] = [truthHere + at(falsePositives, index), truthNext + at(falsePositives, index + 1)]
    const slope = ratio(truthHere - truthNext, Math.max(allHere - allNext, 0))
    const intercept = truthNext - slope * allNext
    const growth = allHere > 0 && allNext > 0 ? allHere / allNext : 1
    total += ratio(slope * (truthHere - truthNext + intercept * Math.log(growth)), positives)
  }
  return total
}

function numbers(config: ConfigReader, name: string): readonly number[] {
  const value = config.value(name)
  const list: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : []
  return list.map((entry) => {
    if (typeof entry !== 'number') throw modelUnsupported('option', name, config.where)
    return entry
  })
}

function ascending(left: number, right: number): number {
  return left - right
}
