/** Keras's metrics, added up over an epoch as Keras does. @module */

import { TrainingError } from '@aibomgen/core'

import type { KerasObject } from './compile-config.ts'
import { ConfigReader } from './config-reader.ts'
import type { Shape } from './layer.ts'
import { accuracyFor, METRIC_CLASSES_BY_NAME, REFUSED_METRICS, type MetricClass } from './metrics/metric-classes.ts'
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
  /** What went into the softmax or sigmoid that `prediction` is, where that is the model's very last step. */
  readonly logits?: Float32Array
  /** What each row counts; absent where all count the same. */
  readonly weights?: Float32Array
  /** 1 for each position that counts, 0 for padding; absent where all do. */
  readonly mask?: Float32Array
}

/** A metric over the batches seen since it was made. */
export interface Metric {
  update(batch: MetricBatch): void
  /** A number; 0 where nothing was seen. */
  result(): number
}

/** How a metric class is made from its config. Its options are read at once, a metric is made per pass. */
export type MetricFactory = (config: ConfigReader) => () => Metric

/** Whether more or less of a metric is better; undefined where Keras does not say. */
export type Direction = 'up' | 'down' | undefined

/** One metric of a compiled model. */
export interface MetricChoice {
  /** As Keras names it in the history. */
  readonly name: string
  readonly direction: Direction
  /** Whether it looks at `MetricBatch.logits`. */
  readonly readsLogits: boolean
  /** A fresh metric for a model of these shapes. */
  readonly create: (targetShape: Shape, outputShape: Shape) => Metric
}

/** Classes that a config may name as a metric. */
export const METRIC_CLASSES: readonly string[] = [...METRIC_CLASSES_BY_NAME.keys()]

const SHORT_NAMES: Readonly<Record<string, string>> = {
  mse: 'MeanSquaredError',
  mae: 'MeanAbsoluteError',
  mape: 'MeanAbsolutePercentageError',
  msle: 'MeanSquaredLogarithmicError',
  bce: 'BinaryCrossentropy',
}

/** Names that `compile` takes for them (`keras.src.metrics.ALL_OBJECTS_DICT`). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...METRIC_CLASSES.map((name) => [toSnakeCase(name), name] as const),
  ...Object.entries(SHORT_NAMES).flatMap(([short, name]) => [
    [short, name] as const,
    [short.toUpperCase(), name] as const,
  ]),
])

/**
 * The metric that a compile config names.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED`, naming the metric or its option
 */
export function readMetric({ name, config, named }: KerasObject): MetricChoice {
  if (named && ['accuracy', 'acc'].includes(name.toLowerCase())) {
    const create: MetricChoice['create'] = (target, output) => accuracyFor(target, output)(new ConfigReader({}, name))()
    return { name, direction: 'up', readsLogits: false, create }
  }
  const className = ALIASES.get(name) ?? name
  const metricClass = METRIC_CLASSES_BY_NAME.get(className)
  if (metricClass === undefined) throw modelUnsupported('metric', name, 'compile_config', REFUSED_METRICS.get(name))
  const reader = new ConfigReader(config, `metric ${className}`)
  const printed = reader.text('name', named ? name : toSnakeCase(className))
  const dtype = reader.text('dtype', 'float32')
  if (dtype !== 'float32' && dtype !== metricClass.dtype) throw modelUnsupported('option', 'dtype', reader.where)
  const create = metricClass.factory(reader)
  reader.finish()
  return {
    name: printed,
    direction: metricClass.direction,
    readsLogits: metricClass.readsLogits === true,
    create(target, output) {
      assertComparable(className, metricClass, target, output)
      return create()
    },
  }
}

/** Keras compares number by number, but for class numbers, and for errors, which stretch a target of one per row. */
function assertComparable(className: string, { compares }: MetricClass, target: Shape, output: Shape): void {
  const stretches = compares === 'stretched' && sizeOf(target) === 1
  if (compares === 'classes' || stretches || sizeOf(target) === sizeOf(output)) return
  const [expected, got] = [`${sizeOf(output)} numbers a row`, `${sizeOf(target)}`]
  throw new TrainingError('SHAPE_MISMATCH', `metric ${className}: expected a target of ${expected}, got ${got}`, {
    what: `target of metric ${className}`,
    expected,
    got,
  })
}
