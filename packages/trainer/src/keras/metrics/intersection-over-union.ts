/** Intersection over union, from a confusion matrix. @module */

import type { ConfigReader } from '../config-reader.ts'
import type { Metric, MetricBatch, MetricFactory } from '../metrics.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { largest } from './accuracy.ts'

const EPSILON = 1e-7

/** `keras.metrics.IoU`: of the classes named. */
export const iou: MetricFactory = (config) => {
  const classes = config.positiveInteger('num_classes')
  return overClasses(config, classes, { targets: readTargets(config, classes), ...readSparse(config, true) })
}
/** `keras.metrics.MeanIoU`: of all classes. */
export const meanIou: MetricFactory = (config) => {
  const classes = config.positiveInteger('num_classes')
  return overClasses(config, classes, { targets: upTo(classes), ...readSparse(config, true) })
}
/** `keras.metrics.OneHotIoU`. */
export const oneHotIou: MetricFactory = (config) => {
  const classes = config.positiveInteger('num_classes')
  return overClasses(config, classes, { targets: readTargets(config, classes), ...readSparse(config, false) })
}
/** `keras.metrics.OneHotMeanIoU`. */
export const oneHotMeanIou: MetricFactory = (config) => {
  const classes = config.positiveInteger('num_classes')
  return overClasses(config, classes, { targets: upTo(classes), ...readSparse(config, false) })
}
/** `keras.metrics.BinaryIoU`: at or above the threshold, or below. */
export const binaryIou: MetricFactory = (config) => {
  const targets = readTargets(config, 2, [0, 1])
  const threshold = Math.fround(config.number('threshold', 0.5))
  return overClasses(config, 2, { targets, sparseTarget: true, sparsePrediction: true, threshold })
}

interface IouOptions {
  readonly targets: readonly number[]
  readonly sparseTarget: boolean
  readonly sparsePrediction: boolean
  readonly threshold?: number
}

function overClasses(config: ConfigReader, classes: number, options: IouOptions): () => Metric {
  const axis = config.integer('axis', -1)
  if (axis !== -1) throw modelUnsupported('option', `axis=${axis}`, config.where)
  const ignored = config.value('ignore_class') === undefined ? undefined : config.integer('ignore_class')
  return () => {
    const matrix = new Float64Array(classes * classes)
    return {
      update(batch) {
        const truths = options.sparseTarget ? batch.target : topOf(batch.target, batch.classes)
        const calls = callClasses(batch, options)
        truths.forEach((truth, position) => {
          const call = calls[position] ?? -1
          if (!within(truth, classes) || !within(call, classes) || truth === ignored) return
          const cell = Math.trunc(truth) * classes + Math.trunc(call)
          const weight = batch.weights?.[Math.floor(position / (truths.length / batch.rows))] ?? 1
          matrix[cell] = (matrix[cell] ?? 0) + Math.trunc(weight) // Keras's matrix is of integers
        })
      },
      result: () => meanOverlap(matrix, classes, options.targets),
    }
  }
}

function meanOverlap(matrix: Float64Array, classes: number, targets: readonly number[]): number {
  let [total, seen] = [0, 0]
  for (const target of targets) {
    let [called, there] = [0, 0]
    for (let other = 0; other < classes; other += 1) {
      called += matrix[other * classes + target] ?? 0
      there += matrix[target * classes + other] ?? 0
    }
    const both = matrix[target * classes + target] ?? 0
    const either = called + there - both
    if (either <= 1e-9) continue
    total += both / (either + EPSILON)
    seen += 1
  }
  return total / (seen + EPSILON)
}

function callClasses({ prediction, classes }: MetricBatch, options: IouOptions): ArrayLike<number> {
  const { threshold } = options
  if (threshold !== undefined) return prediction.map((value) => (value >= threshold ? 1 : 0))
  return options.sparsePrediction ? prediction : topOf(prediction, classes)
}

function topOf(values: Float32Array, classes: number): Float32Array {
  return Float32Array.from({ length: values.length / classes }, (_, position) =>
    largest(values, position * classes, classes),
  )
}

function within(value: number, classes: number): boolean {
  return value >= 0 && value < classes
}

function readSparse(
  config: ConfigReader,
  sparse: boolean,
): { readonly sparseTarget: boolean; readonly sparsePrediction: boolean } {
  return {
    sparseTarget: config.boolean('sparse_y_true', sparse),
    sparsePrediction: config.boolean('sparse_y_pred', sparse),
  }
}

function readTargets(config: ConfigReader, classes: number, fallback?: readonly number[]): readonly number[] {
  const targets = config.integers('target_class_ids') ?? fallback
  if (targets === undefined || targets.length === 0 || targets.some((target) => !within(target, classes))) {
    throw modelInvalid(`${config.where}: expected integers from 0 to ${classes - 1} as target_class_ids`)
  }
  return targets
}

function upTo(classes: number): readonly number[] {
  return Array.from({ length: classes }, (_, index) => index)
}
