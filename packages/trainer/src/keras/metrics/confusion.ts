/** Counts of true and false positives and negatives at one threshold, and the shares made of them. @module */

import type { JsonValue } from '@aibomgen/core'

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricBatch, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'

/** How many there are of each, by weight. */
interface Counts {
  truePositives: number
  falsePositives: number
  trueNegatives: number
  falseNegatives: number
}

/** What Keras sets scores outside of the top k to. */
const FAR_BELOW = Math.fround(-1e10)

/** `keras.metrics.Precision`: how many of those called positive are. */
export const precision: MetricFactory = (config) =>
  counted(config, ({ truePositives, falsePositives }) => share(truePositives, falsePositives))
/** `keras.metrics.Recall`: how many of the positives were found. */
export const recall: MetricFactory = (config) =>
  counted(config, ({ truePositives, falseNegatives }) => share(truePositives, falseNegatives))
/** `keras.metrics.TruePositives`. */
export const truePositives: MetricFactory = (config) => counted(config, (counts) => counts.truePositives)
/** `keras.metrics.FalsePositives`. */
export const falsePositives: MetricFactory = (config) => counted(config, (counts) => counts.falsePositives)
/** `keras.metrics.TrueNegatives`. */
export const trueNegatives: MetricFactory = (config) => counted(config, (counts) => counts.trueNegatives)
/** `keras.metrics.FalseNegatives`. */
export const falseNegatives: MetricFactory = (config) => counted(config, (counts) => counts.falseNegatives)

function counted(config: ConfigReader, result: (counts: Counts) => number): () => Metric {
  const topK = config.value('top_k') === undefined ? undefined : config.integer('top_k')
  const threshold = Math.fround(readThreshold(config, topK === undefined ? 0.5 : FAR_BELOW))
  const wanted = config.value('class_id') === undefined ? undefined : config.integer('class_id')
  return () => {
    const counts: Counts = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 }
    return {
      update(batch) {
        const scores = topK === undefined ? batch.prediction : onlyTopK(batch, topK)
        const width = scores.length / batch.rows
        scores.forEach((value, index) => {
          if (wanted !== undefined && index % batch.classes !== wanted) return
          const right = (batch.target[index] ?? 0) === 0 ? value <= threshold : value > threshold
          const called = value > threshold ? 'Positives' : 'Negatives'
          counts[`${right ? 'true' : 'false'}${called}`] += batch.weights?.[Math.floor(index / width)] ?? 1
        })
      },
      result: () => result(counts),
    }
  }
}

/** Scores, those outside of each position's top k pushed far below; of equals the first are in. */
function onlyTopK({ prediction, classes }: MetricBatch, k: number): Float32Array {
  const kept = new Float32Array(prediction.length).fill(FAR_BELOW)
  for (let start = 0; start < prediction.length; start += classes) {
    const order = Array.from({ length: classes }, (_, index) => start + index)
    order.sort((left, right) => (prediction[right] ?? 0) - (prediction[left] ?? 0) || left - right)
    for (const index of order.slice(0, k)) kept[index] = prediction[index] ?? 0
  }
  return kept
}

function readThreshold(config: ConfigReader, fallback: number): number {
  const thresholds = config.value('thresholds') ?? fallback
  const list: readonly JsonValue[] = Array.isArray(thresholds) ? (thresholds as readonly JsonValue[]) : [thresholds]
  const [threshold, ...more] = list
  if (typeof threshold !== 'number' || more.length > 0) {
    throw modelUnsupported('option', 'thresholds of several', config.where, 'a history has one number per metric')
  }
  return threshold
}

function share(part: number, others: number): number {
  return part + others === 0 ? 0 : part / (part + others)
}
