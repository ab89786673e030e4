/** F1 and F-beta: precision and recall in one number. @module */

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricFactory } from '../metrics.ts'
import { modelUnsupported } from '../model-errors.ts'
import { weightAt } from './threshold-counts.ts'

const EPSILON = 1e-7

/** `keras.metrics.F1Score`, averaged over classes. */
export const f1Score: MetricFactory = (config) => fScore(config, 1)
/** `keras.metrics.FBetaScore`, averaged over classes. */
export const fBetaScore: MetricFactory = (config) => fScore(config, config.number('beta', 1))

interface ClassCounts {
  hits: number
  falseAlarms: number
  misses: number
  positives: number
}

function fScore(config: ConfigReader, beta: number): () => Metric {
  if (config.value('average') === undefined) {
    throw modelUnsupported('option', 'average=None', config.where, 'a history has one number per metric')
  }
  const average = config.oneOf('average', ['macro', 'micro', 'weighted'])
  const threshold = config.value('threshold') === undefined ? undefined : Math.fround(config.number('threshold'))
  const score = ({ hits, falseAlarms, misses }: ClassCounts): number => {
    const [precision, recall] = [hits / (hits + falseAlarms + EPSILON), hits / (hits + misses + EPSILON)]
    return ((precision * recall) / (beta ** 2 * precision + recall + EPSILON)) * (1 + beta ** 2)
  }
  return () => {
    const classes: ClassCounts[] = []
    return {
      update(batch) {
        const called = callPositives(batch.prediction, batch.classes, threshold)
        called.forEach((positive, index) => {
          const own = (classes[average === 'micro' ? 0 : index % batch.classes] ??= emptyCounts())
          const [truth, weight] = [batch.target[index] ?? 0, weightAt(batch, index)]
          own.hits += positive * truth * weight
          own.falseAlarms += positive * (1 - truth) * weight
          own.misses += (1 - positive) * truth * weight
          own.positives += truth * weight
        })
      },
      result() {
        const all = classes.reduce((sum, { positives }) => sum + positives, 0)
        const share = (own: ClassCounts): number =>
          average === 'weighted' ? own.positives / (all + EPSILON) : 1 / classes.length
        return classes.reduce((sum, own) => sum + score(own) * share(own), 0)
      },
    }
  }
}

function emptyCounts(): ClassCounts {
  return { hits: 0, falseAlarms: 0, misses: 0, positives: 0 }
}

/** 1 above the threshold; without one, for the largest of each position, unless it is 0. */
function callPositives(scores: Float32Array, classes: number, threshold: number | undefined): Float32Array {
  if (threshold !== undefined) return scores.map((score) => (score > threshold ? 1 : 0))
  return scores.map((score, index) => {
    const start = index - (index % classes)
    return Math.abs(score) > 1e-9 && scores.subarray(start, start + classes).every((other) => score >= other) ? 1 : 0
  })
}
