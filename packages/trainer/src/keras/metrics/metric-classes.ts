/** Every metric class that a model may be compiled with, by Keras's name for it. @module */

import type { Shape } from '../layer.ts'
import type { Direction, MetricFactory } from '../metrics.ts'
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from './accuracy.ts'
import { areaUnderCurve } from './area-under-curve.ts'
import { precisionAtRecall, recallAtPrecision, sensitivityAtSpecificity, specificityAtSensitivity } from './best-at.ts'
import { falseNegatives, falsePositives, precision, recall, trueNegatives, truePositives } from './confusion.ts'
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  klDivergence,
  sparseCategoricalCrossentropy,
} from './crossentropy.ts'
import {
  logCoshError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  rootMeanSquaredError,
} from './errors.ts'
import { f1Score, fBetaScore } from './f-score.ts'
import { categoricalHinge, hinge, squaredHinge } from './hinge.ts'
import { binaryIou, iou, meanIou, oneHotIou, oneHotMeanIou } from './intersection-over-union.ts'
import { r2Score } from './r2-score.ts'
import { concordanceCorrelation, cosineSimilarity, pearsonCorrelation } from './similarity.ts'

/** A metric class. */
export interface MetricClass {
  readonly factory: MetricFactory
  readonly direction: Direction
  /**
   * What a target is beside a prediction: as many numbers, or (`stretched`) also one per row for all of the row's, or
   * (`classes`) whatever the metric makes of class numbers.
   */
  readonly compares: 'numbers' | 'stretched' | 'classes'
  /** Its own default; float32 is taken always. */
  readonly dtype: string
  /** Whether it looks at what went into the last softmax or sigmoid. */
  readonly readsLogits?: boolean
}

/** All of them. */
export const METRIC_CLASSES_BY_NAME: ReadonlyMap<string, MetricClass> = new Map<string, MetricClass>([
  ['Accuracy', numbers(accuracy, 'up')],
  ['BinaryAccuracy', numbers(binaryAccuracy, 'up')],
  ['CategoricalAccuracy', numbers(categoricalAccuracy, 'up')],
  ['SparseCategoricalAccuracy', classes(sparseCategoricalAccuracy)],
  ['TopKCategoricalAccuracy', numbers(topKCategoricalAccuracy, 'up')],
  ['SparseTopKCategoricalAccuracy', classes(sparseTopKCategoricalAccuracy)],
  ['MeanAbsoluteError', stretched(meanAbsoluteError)],
  ['MeanSquaredError', stretched(meanSquaredError)],
  ['RootMeanSquaredError', stretched(rootMeanSquaredError)],
  ['MeanAbsolutePercentageError', stretched(meanAbsolutePercentageError)],
  ['MeanSquaredLogarithmicError', stretched(meanSquaredLogarithmicError)],
  ['LogCoshError', stretched(logCoshError)],
  ['Poisson', numbers(poisson, 'down')],
  ['R2Score', numbers(r2Score, 'up')],
  ['CosineSimilarity', numbers(cosineSimilarity, 'up')],
  ['PearsonCorrelation', numbers(pearsonCorrelation, 'up')],
  ['ConcordanceCorrelation', numbers(concordanceCorrelation, 'up')],
  ['Hinge', numbers(hinge, 'down')],
  ['SquaredHinge', numbers(squaredHinge, 'down')],
  ['CategoricalHinge', numbers(categoricalHinge, 'down')],
  ['BinaryCrossentropy', { ...numbers(binaryCrossentropy, 'down'), readsLogits: true }],
  ['CategoricalCrossentropy', { ...numbers(categoricalCrossentropy, 'down'), readsLogits: true }],
  [
    'SparseCategoricalCrossentropy',
    { ...classes(sparseCategoricalCrossentropy), direction: 'down', readsLogits: true },
  ],
  ['KLDivergence', numbers(klDivergence, 'down')],
  ['AUC', numbers(areaUnderCurve, 'up')],
  ['Precision', numbers(precision, 'up')],
  ['Recall', numbers(recall, 'up')],
  ['TruePositives', numbers(truePositives, undefined)],
  ['TrueNegatives', numbers(trueNegatives, undefined)],
  ['FalsePositives', numbers(falsePositives, undefined)],
  ['FalseNegatives', numbers(falseNegatives, undefined)],
  ['SensitivityAtSpecificity', numbers(sensitivityAtSpecificity, 'up')],
  ['SpecificityAtSensitivity', numbers(specificityAtSensitivity, 'up')],
  ['PrecisionAtRecall', numbers(precisionAtRecall, 'up')],
  ['RecallAtPrecision', numbers(recallAtPrecision, 'up')],
  ['F1Score', numbers(f1Score, 'up')],
  ['FBetaScore', numbers(fBetaScore, 'up')],
  ['IoU', ofIntegers(iou)],
  ['MeanIoU', ofIntegers(meanIou)],
  ['OneHotIoU', ofIntegers(oneHotIou)],
  ['OneHotMeanIoU', ofIntegers(oneHotMeanIou)],
  ['BinaryIoU', ofIntegers(binaryIou)],
])

/** Keras's others, each with the reason. */
export const REFUSED_METRICS: ReadonlyMap<string, string> = new Map([
  ['Mean', 'it says nothing about targets'],
  ['Sum', 'it says nothing about targets'],
  ['MeanMetricWrapper', 'name the metric that it wraps'],
])

/** Which accuracy "accuracy" is (`keras.src.trainers.compile_utils.get_metric`). */
export function accuracyFor(target: Shape, output: Shape): MetricFactory {
  const width = output.at(-1) ?? 1
  if (width === 1) return binaryAccuracy
  return target.length < output.length || target.at(-1) === 1 ? sparseCategoricalAccuracy : categoricalAccuracy
}

function numbers(factory: MetricFactory, direction: Direction): MetricClass {
  return { factory, direction, compares: 'numbers', dtype: 'float32' }
}

function stretched(factory: MetricFactory): MetricClass {
  return { factory, direction: 'down', compares: 'stretched', dtype: 'float32' }
}

function classes(factory: MetricFactory): MetricClass {
  return { factory, direction: 'up', compares: 'classes', dtype: 'float32' }
}

function ofIntegers(factory: MetricFactory): MetricClass {
  return { factory, direction: 'up', compares: 'classes', dtype: 'int64' }
}
