/** Loss and metrics over an epoch, as Keras adds them up and names them. @module */

import type { OutputMetric } from './compile-config.ts'
import type { Shape } from './layer.ts'
import type { Direction, Metric } from './metrics.ts'
import type { KerasModel } from './model.ts'
import type { StepResult } from './training-step.ts'

interface RunningMetric {
  readonly output: number
  readonly classes: number
  readonly weighted: boolean
  readonly metric: Metric
}

/** The rows of one batch, as their step saw them. */
export interface SeenRows {
  readonly targets: readonly Float32Array[]
  readonly rows: number
  readonly weights?: Float32Array
}

/** Whether more or less is better of each name of a history; undefined where Keras does not say. */
export function historyDirections({ outputs, compile }: KerasModel): ReadonlyMap<string, Direction> {
  const directions = new Map<string, Direction>([['loss', 'down']])
  if (outputs.length > 1) for (const { name } of outputs) directions.set(`${name}_loss`, 'down')
  for (const metric of compile.metrics) directions.set(freeName(metric, directions), metric.direction)
  return directions
}

/** The running values of one pass over rows; a new one for each epoch and each validation. */
export class RunningValues {
  readonly #metrics = new Map<string, RunningMetric>()
  /** Names of the single losses; none where there is one output. */
  readonly #lossNames: readonly string[]
  readonly #lossTotals: number[]
  #lossTotal = 0
  #rows = 0
  #batches = 0

  constructor(model: KerasModel, targetShapes: readonly Shape[]) {
    this.#lossNames = model.outputs.length > 1 ? model.outputs.map(({ name }) => `${name}_loss`) : []
    this.#lossTotals = this.#lossNames.map(() => 0)
    for (const choice of model.compile.metrics) {
      const { output, weighted, create } = choice
      const shape = model.outputs[output]?.shape ?? []
      const metric = create(targetShapes[output] ?? [], shape)
      this.#metrics.set(freeName(choice, this.#metrics), { output, weighted, classes: shape.at(-1) ?? 1, metric })
    }
  }

  /** @param weights - what each row counts; absent where all count the same */
  add({ loss, losses, outputs }: StepResult, { targets, rows, weights }: SeenRows): void {
    this.#lossTotal += loss * rows
    this.#lossTotals.forEach((total, index) => {
      this.#lossTotals[index] = total + (losses[index] ?? 0)
    })
    this.#rows += rows
    this.#batches += 1
    for (const { output, classes, weighted, metric } of this.#metrics.values()) {
      const [target, prediction] = [targets[output], outputs[output]]
      if (target === undefined || prediction === undefined) throw new TypeError(`metric: there is no output ${output}`)
      const counts = weighted && weights !== undefined ? { weights } : {}
      metric.update({ rows, classes, target, ...prediction, ...counts })
    }
  }

  /**
   * `loss`, the mean over the rows seen; each output's loss where there are several, the mean over the batches (Keras
   * does not weigh these by their rows: `CompileLoss.call` asks a symbolic shape); each metric. Names sorted.
   */
  values(): Record<string, number> {
    const values: [string, number][] = [...this.#metrics].map(([name, { metric }]) => [name, metric.result()])
    this.#lossNames.forEach((name, index) => values.push([name, (this.#lossTotals[index] ?? 0) / this.#batches]))
    values.push(['loss', this.#lossTotal / this.#rows])
    return Object.fromEntries(values.sort(([left], [right]) => (left < right ? -1 : 1)))
  }
}

/**
 * A second metric of one name gets `_1` after it, or `weighted_` before it where it is one of the weighted
 * (`keras.src.trainers.compile_utils.CompileMetrics.result`).
 */
function freeName({ name, secondName }: OutputMetric, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name
  if (!taken.has(secondName)) return secondName
  let count = 1
  while (taken.has(`${secondName}_${count}`)) count += 1
  return `${secondName}_${count}`
}
