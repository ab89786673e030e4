/** Precision and recall at one threshold. @module */

import type { JsonValue } from '@aibomgen/core'

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'

interface Counts {
  truePositives: number
  falsePositives: number
  falseNegatives: number
}

/** `keras.metrics.Precision`: how many of those called positive are. */
export const precision: MetricFactory = (config) =>
  counted(config, ({ truePositives, falsePositives }) => share(truePositives, truePositives + falsePositives))

/** `keras.metrics.Recall`: how many of the positives were found. */
export const recall: MetricFactory = (config) =>
  counted(config, ({ truePositives, falseNegatives }) => share(truePositives, truePositives + falseNegatives))

function counted(config: ConfigReader, result: (counts: Counts) => number): () => Metric {
  const threshold = Math.fround(readThreshold(config))
  const wanted = config.value('class_id') === undefined ? undefined : config.integer('class_id')
  return () => {
    const counts: Counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 }
    return {
      update({ target, prediction, classes }) {
        prediction.forEach((value, index) => {
          if (wanted !== undefined && index % classes !== wanted) return
          const positive = value > threshold
          if ((target[index] ?? 0) === 0) counts.falsePositives += positive ? 1 : 0
          else if (positive) counts.truePositives += 1
          else counts.falseNegatives += 1
        })
      },
      result: () => result(counts),
    }
  }
}

function readThreshold(config: ConfigReader): number {
  const thresholds = config.value('thresholds') ?? 0.5
  const list: readonly JsonValue[] = Array.isArray(thresholds) ? (thresholds as readonly JsonValue[]) : [thresholds]
  const [threshold, ...more] = list
  if (typeof threshold !== 'number' || more.length > 0) {
    throw modelUnsupported('option', 'thresholds of several', config.where)
  }
  return threshold
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
