/** Trains a model: epochs, batches, validation, history. @module */

import { setImmediate } from 'node:timers/promises'

import { TrainingError } from '@aibomgen/core'

import { assertClassWeights, weighRows } from './class-weights.ts'
import { assertMonitored, createWatchers, type EpochWatcher } from './fit-callbacks.ts'
import type { FitOptions, History } from './fit-options.ts'
import { assertDataFits } from './keras/batch-tensors.ts'
import { RunningValues } from './keras/running-values.ts'
import type { KerasModel } from './keras/model.ts'
import { createTrainingStep, type TrainingStep } from './keras/training-step.ts'
import type { RowSource } from './row-source.ts'

/**
 * Trains a model on rows of a data set, on the backend that `loadBackend` loaded, and leaves what was learned in the
 * model's weights, and where its optimizer stands beside them. The history is Keras's, with the names and in the order that Keras prints.
 *
 * @throws ParseError `PARAMETER_INVALID` for a name that the history will not have
 * @throws TrainingError `SHAPE_MISMATCH` before anything runs; `CANCELLED` within one batch of `signal`;
 *   `TRAINING_DIVERGED` at the first loss or weight that is no number. In all of these the model is left as it was.
 */
export async function fit(model: KerasModel, data: RowSource, options: FitOptions): Promise<History> {
  assertDataFits(model, data)
  assertClassWeights(model, options)
  const directions = assertMonitored(model, options)
  const step = createTrainingStep(model, options.random.fork('dropout'))
  try {
    const watchers = createWatchers(options, step, directions)
    const history = await new Run(model, data, step, { ...options, watchers }).all()
    step.optimizer.finish()
    const [restored] = watchers.flatMap((watcher) => watcher.finish() ?? [])
    if (restored !== undefined) options.onRestored?.(restored)
    const state = await step.optimizer.state()
    await keepWeights(step, options.epochs - 1)
    model.optimizerState = state
    return history
  } finally {
    step.dispose()
  }
}

interface WatchedOptions extends FitOptions {
  readonly watchers: readonly EpochWatcher[]
}

class Run {
  readonly #model: KerasModel
  readonly #data: RowSource
  readonly #step: TrainingStep
  readonly #options: WatchedOptions
  readonly #batches: Iterator<Uint32Array, never>

  constructor(model: KerasModel, data: RowSource, step: TrainingStep, options: WatchedOptions) {
    this.#model = model
    this.#data = data
    this.#step = step
    this.#options = options
    this.#batches = endlessBatches(options)
  }

  async all(): Promise<History> {
    const { epochs, initialEpoch, watchers, onEpoch } = this.#options
    const history: History = {}
    let stops = false
    for (let epoch = initialEpoch; epoch < epochs && !stops; epoch += 1) {
      const seen = sorted({ ...(await this.#trainEpoch(epoch)), ...(await this.#validateEpoch(epoch)) })
      const verdicts = await Promise.all(watchers.map((watcher) => watcher.after(epoch, seen)))
      stops = verdicts.some((verdict) => verdict.stops === true)
      const values = Object.assign({}, seen, ...verdicts.map((verdict) => verdict.adds ?? {})) as Record<string, number>
      for (const [name, value] of Object.entries(values)) (history[name] ??= []).push(value)
      onEpoch({ epoch, epochs, values })
    }
    return history
  }

  async #trainEpoch(epoch: number): Promise<Record<string, number>> {
    const { epochs, stepsPerEpoch, train, batchSize, onBatch } = this.#options
    const steps = stepsPerEpoch ?? Math.ceil(train.length / batchSize)
    const running = new RunningValues(this.#model, this.#data.targetShapes)
    for (let step = 1; step <= steps; step += 1) {
      await this.#pause()
      const rows = this.#batches.next().value
      const batch = await this.#data.gather(rows)
      const weights = weighRows(batch.targets[0], rows.length, this.#options.classWeights)
      const seen = { rows: rows.length, ...(weights === undefined ? {} : { weights }) }
      const result = await this.#step.train(batch, seen)
      assertFinite(result.loss, epoch, 'loss')
      running.add(result, { targets: batch.targets, ...seen })
      onBatch({ epoch, epochs, step, steps, values: running.values() })
    }
    return running.values()
  }

  /** Validation begins anew each time: its own sums, and the first of the validation rows. */
  async #validateEpoch(epoch: number): Promise<Record<string, number>> {
    const { validation, validationFreq, validationSteps, batchSize } = this.#options
    if (validation.length === 0 || (epoch + 1) % validationFreq !== 0) return {}
    const steps = Math.min(validationSteps ?? Infinity, Math.ceil(validation.length / batchSize))
    const running = new RunningValues(this.#model, this.#data.targetShapes)
    for (let step = 0; step < steps; step += 1) {
      await this.#pause()
      const rows = validation.subarray(step * batchSize, (step + 1) * batchSize)
      const batch = await this.#data.gather(rows)
      const result = await this.#step.evaluate(batch, { rows: rows.length })
      assertFinite(result.loss, epoch, 'val_loss')
      running.add(result, { targets: batch.targets, rows: rows.length })
    }
    return Object.fromEntries(Object.entries(running.values()).map(([name, value]) => [`val_${name}`, value]))
  }

  /** Lets the process hear its messages, and the run its signal, between two batches. */
  async #pause(): Promise<void> {
    await setImmediate()
    if (this.#options.signal.aborted) throw new TrainingError('CANCELLED', 'training: stopped on request', {})
  }
}

/** By name, those of validation among the others, as Keras prints them. */
function sorted(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** Batches of training rows, pass after pass; each pass in an order of its own where rows are shuffled. */
function* endlessBatches({ train, batchSize, shuffle, random }: FitOptions): Generator<Uint32Array, never> {
  const orders = random.fork('order')
  for (;;) {
    const rows = shuffle ? orders.permutation(train.length).map((index) => train[index] ?? 0) : train
    for (let start = 0; start < rows.length; start += batchSize) yield rows.subarray(start, start + batchSize)
  }
}

/** Only finite weights become the model's: the last update may have broken what the last loss was still fine with. */
async function keepWeights(step: TrainingStep, epoch: number): Promise<void> {
  const learned = await step.weights()
  for (const [weight, values] of learned) {
    if (!values.every(Number.isFinite)) {
      throw new TrainingError('TRAINING_DIVERGED', `${weight.path} (${weight.spec.name}) is no number any more`, {
        epoch,
        metric: weight.path,
      })
    }
  }
  for (const [weight, values] of learned) weight.values = values
}

function assertFinite(loss: number, epoch: number, metric: string): void {
  if (Number.isFinite(loss)) return
  throw new TrainingError('TRAINING_DIVERGED', `epoch ${epoch + 1}: ${metric} became ${loss}`, { epoch, metric })
}
