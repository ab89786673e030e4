/** Keras's metrics, added up over an epoch as Keras does. @module */

import { TrainingError } from '@aibomgen/core'

import type { KerasObject } from './compile-config.ts'
import { ConfigReader } from './config-reader.ts'
import type { Shape } from './layer.ts'
import { areaUnderCurve } from './metrics/area-under-curve.ts'
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from './metrics/accuracy.ts'
import { meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from './metrics/errors.ts'
import { precision, recall } from './metrics/precision-recall.ts'
import { modelUnsupported } from './model-errors.ts'
import { sizeOf } from './shapes.ts'
import { toSnakeCase } from './weight-paths.ts'

/** What a metric is told of one batch. */
export interface MetricBatch {
  readonly rows: number
  /** Numbers of `prediction` on its last axis. */
  readonly classes: number
  readonly target: Float32Array
  readonly prediction: Float32Array
}

/** A metric over the batches seen since it was made. */
export interface Metric {
  update(batch: MetricBatch): void
  /** A number; 0 where nothing was seen. */
  result(): number
}

/** How a metric class is made from its config. Its options are read at once, a metric is made per pass. */
export type MetricFactory = (config: ConfigReader) => () => Metric

/** One metric of a compiled model. */
export interface MetricChoice {
  /** As Keras names it in the history. */
  readonly name: string
  /** A fresh metric for a model of these shapes. */
  readonly create: (targetShape: Shape, outputShape: Shape) => Metric
}

const CLASSES: ReadonlyMap<string, MetricFactory> = new Map([
  ['BinaryAccuracy', binaryAccuracy],
  ['CategoricalAccuracy', categoricalAccuracy],
  ['SparseCategoricalAccuracy', sparseCategoricalAccuracy],
  ['MeanAbsoluteError', meanAbsoluteError],
  ['MeanSquaredError', meanSquaredError],
  ['RootMeanSquaredError', rootMeanSquaredError],
  ['Precision', precision],
  ['Recall', recall],
  ['AUC', areaUnderCurve],
])

/** Classes that a config may name as a metric. */
export const METRIC_CLASSES: readonly string[] = [...CLASSES.keys()]

/** Names that `compile` takes for them (`keras.src.metrics.ALL_OBJECTS_DICT`). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...METRIC_CLASSES.map((name) => [toSnakeCase(name), name] as const),
  ...['mse', 'MSE'].map((name) => [name, 'MeanSquaredError'] as const),
  ...['mae', 'MAE'].map((name) => [name, 'MeanAbsoluteError'] as const),
])

/**
 * The metric that a compile config names.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED`, naming the metric or its option
 */
export function readMetric({ name, config, named }: KerasObject): MetricChoice {
  if (['accuracy', 'acc'].includes(name.toLowerCase())) {
    return { name, create: (target, output) => accuracyFor(target, output)(new ConfigReader({}, name))() }
  }
  const className = ALIASES.get(name) ?? name
  const factory = CLASSES.get(className)
  if (factory === undefined) throw modelUnsupported('metric', name, 'compile_config')
  const reader = new ConfigReader(config, `metric ${className}`)
  const printed = reader.text('name', named ? name : toSnakeCase(className))
  if (reader.text('dtype', 'float32') !== 'float32') throw modelUnsupported('option', 'dtype', reader.where)
  const create = factory(reader)
  reader.finish()
  return {
    name: printed,
    create(target, output) {
      assertComparable(className, target, output)
      return create()
    },
  }
}

/** Keras compares number by number, but for class numbers, and for errors, which stretch a target of one per row. */
function assertComparable(className: string, target: Shape, output: Shape): void {
  const stretches = className.endsWith('Error') && sizeOf(target) === 1
  if (className.startsWith('Sparse') || stretches || sizeOf(target) === sizeOf(output)) return
  const [expected, got] = [`${sizeOf(output)} numbers a row`, `${sizeOf(target)}`]
  throw new TrainingError('SHAPE_MISMATCH', `metric ${className}: expected a target of ${expected}, got ${got}`, {
    what: `target of metric ${className}`,
    expected,
    got,
  })
}

/** Which accuracy "accuracy" is (`keras.src.trainers.compile_utils.get_metric`). */
function accuracyFor(target: Shape, output: Shape): MetricFactory {
  const classes = output.at(-1) ?? 1
  if (classes === 1) return binaryAccuracy
  return target.length < output.length || target.at(-1) === 1 ? sparseCategoricalAccuracy : categoricalAccuracy
}
