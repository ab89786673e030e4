/** Loss and metrics over an epoch, as Keras adds them up and names them. @module */

import type { Shape } from './layer.ts'
import type { Metric } from './metrics.ts'
import type { KerasModel } from './model.ts'
import type { StepResult } from './training-step.ts'

/** The running values of one pass over rows; a new one for each epoch and each validation. */
export class RunningValues {
  readonly #metrics: ReadonlyMap<string, Metric>
  readonly #classes: number
  #lossTotal = 0
  #rows = 0

  constructor(model: KerasModel, targetShape: Shape) {
    this.#classes = model.output.shape.at(-1) ?? 1
    const metrics = new Map<string, Metric>()
    for (const { name, create } of model.compile.metrics) {
      metrics.set(freeName(name, metrics), create(targetShape, model.output.shape))
    }
    this.#metrics = metrics
  }

  add({ loss, predictions }: StepResult, target: Float32Array, rows: number): void {
    this.#lossTotal += loss * rows
    this.#rows += rows
    for (const metric of this.#metrics.values()) {
      metric.update({ rows, classes: this.#classes, target, prediction: predictions })
    }
  }

  /** `loss`, the mean over the rows seen, and each metric; names sorted, as Keras prints them. */
  values(): Record<string, number> {
    const values: [string, number][] = [...this.#metrics].map(([name, metric]) => [name, metric.result()])
    values.push(['loss', this.#lossTotal / this.#rows])
    return Object.fromEntries(values.sort(([left], [right]) => (left < right ? -1 : 1)))
  }
}

/** A second metric of one name gets `_1` after it (`keras.src.trainers.compile_utils.CompileMetrics.result`). */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name
  let count = 1
  while (taken.has(`${name}_${count}`)) count += 1
  return `${name}_${count}`
}
