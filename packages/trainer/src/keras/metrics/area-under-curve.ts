/** AUC over evenly spaced thresholds, by Keras's buckets. @module */

import type { Metric, MetricFactory } from '../metrics.ts'

/** Counts of labels at and above each threshold. */
interface Confusion {
  readonly truePositives: Float64Array
  readonly falsePositives: Float64Array
  readonly positives: number
  readonly negatives: number
}

/**
 * `keras.metrics.AUC`: the area under the ROC or precision-recall curve, with `num_thresholds` thresholds and Keras's
 * three ways to sum. Multi-label averaging and given thresholds are refused.
 */
export const areaUnderCurve: MetricFactory = (config) => {
  const thresholds = config.integer('num_thresholds', 200)
  const curve = config.oneOf('curve', ['ROC', 'PR'])
  const summation = config.oneOf('summation_method', ['interpolation', 'minoring', 'majoring'])
  const fromLogits = config.boolean('from_logits', false)

  return () => {
    const positives = new Float64Array(thresholds)
    const negatives = new Float64Array(thresholds)
    return {
      update({ target, prediction }) {
        prediction.forEach((value, index) => {
          const probability = fromLogits ? Math.fround(1 / (1 + Math.exp(-value))) : value
          const clipped = Math.min(1, Math.max(0, probability))
          const bucket = Math.max(0, Math.ceil(Math.fround(clipped * (thresholds - 1))) - 1)
          const counts = (target[index] ?? 0) === 0 ? negatives : positives
          counts[bucket] = (counts[bucket] ?? 0) + 1
        })
      },
      result() {
        const confusion = accumulate(positives, negatives)
        if (curve === 'PR' && summation === 'interpolation') return precisionRecallArea(confusion)
        return riemannSum(confusion, curve, summation)
      },
    } satisfies Metric
  }
}

function accumulate(positives: Float64Array, negatives: Float64Array): Confusion {
  const fromTheTop = (counts: Float64Array): Float64Array => {
    const sums = Float64Array.from(counts)
    for (let index = sums.length - 2; index >= 0; index -= 1) sums[index] = at(sums, index) + at(sums, index + 1)
    return sums
  }
  const truePositives = fromTheTop(positives)
  const falsePositives = fromTheTop(negatives)
  return { truePositives, falsePositives, positives: at(truePositives, 0), negatives: at(falsePositives, 0) }
}

function riemannSum(
  confusion: Confusion,
  curve: 'ROC' | 'PR',
  summation: 'interpolation' | 'minoring' | 'majoring',
): number {
  const { truePositives, falsePositives, positives, negatives } = confusion
  const recall = truePositives.map((count) => ratio(count, positives))
  const x = curve === 'ROC' ? falsePositives.map((count) => ratio(count, negatives)) : recall
  const y =
    curve === 'ROC' ? recall : truePositives.map((count, index) => ratio(count, count + at(falsePositives, index)))
  let area = 0
  for (let index = 0; index + 1 < x.length; index += 1) {
    const [left, right] = [at(y, index), at(y, index + 1)]
    const height = {
      interpolation: (left + right) / 2,
      minoring: Math.min(left, right),
      majoring: Math.max(left, right),
    }
    area += (at(x, index) - at(x, index + 1)) * height[summation]
  }
  return area
}

/** Davis and Goadrich's interpolation, in Keras's closed form (`AUC.interpolate_pr_auc`). */
function precisionRecallArea({ truePositives, falsePositives, positives }: Confusion): number {
  let area = 0
  for (let index = 0; index + 1 < truePositives.length; index += 1) {
    const [truthHere, truthNext] = [at(truePositives, index), at(truePositives, index + 1)]
    const [allHere, allNext] = [truthHere + at(falsePositives, index), truthNext + at(falsePositives, index + 1)]
    const slope = ratio(truthHere - truthNext, Math.max(allHere - allNext, 0))
    const intercept = truthNext - slope * allNext
    const growth = allHere > 0 && allNext > 0 ? allHere / allNext : 1
    area += ratio(slope * (truthHere - truthNext + intercept * Math.log(growth)), positives)
  }
  return area
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
