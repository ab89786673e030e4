/** What watches a training run from epoch to epoch, and stops it or slows it down. @module */

import { ParseError, type Problem } from '@aibomgen/core'

import type { FitOptions, RestoredEpoch } from './fit-options.ts'
import type { Direction } from './keras/metrics.ts'
import type { KerasModel } from './keras/model.ts'
import { historyDirections } from './keras/running-values.ts'
import type { TrainingStep } from './keras/training-step.ts'
import type { EarlyStopping, MonitorMode, PlateauDrop } from './structured-parameters.ts'

/** Which way a name of the history gets better. */
export type DirectionOf = (monitor: string) => 'up' | 'down'

/** What a watcher may do to the run. */
export type WatchedStep = Pick<TrainingStep, 'weights' | 'setWeights' | 'optimizer'>

/** One watcher, told of each epoch in turn. */
export interface EpochWatcher {
  /** What the epoch is to add to the history, and whether it is the last. */
  after(epoch: number, values: Readonly<Record<string, number>>): Promise<EpochVerdict>
  /** After the last epoch. Gives the epoch whose weights were put back; undefined where the last one's stay. */
  finish(): RestoredEpoch | undefined
}

/** What a watcher makes of an epoch. */
export interface EpochVerdict {
  readonly adds?: Readonly<Record<string, number>>
  readonly stops?: boolean
}

/**
 * Which way each name of the history gets better, once it is clear that what is to be watched is there. (Keras warns, and
 * trains on without watching.)
 *
 * @throws ParseError `PARAMETER_INVALID`
 */
export function assertMonitored(model: KerasModel, options: FitOptions): DirectionOf {
  const known = historyDirections(model)
  const directions = new Map<string, Direction>(known)
  if (options.validation.length > 0) for (const [name, way] of known) directions.set(`val_${name}`, way)
  const watched = { early_stopping: options.earlyStopping, reduce_lr_on_plateau: options.plateauDrop }
  const problems = Object.entries(watched).flatMap(([parameter, watch]): Problem[] => {
    if (watch === undefined) return []
    const { monitor, mode } = watch
    if (!directions.has(monitor)) {
      const expected = `a name of the history (${[...directions.keys()].join(', ')})`
      return [{ path: `${parameter}.monitor`, expected, got: JSON.stringify(monitor) }]
    }
    if (mode !== 'auto' || directions.get(monitor) !== undefined) return []
    return [{ path: `${parameter}.mode`, expected: `"min" or "max" for ${monitor}`, got: '"auto"' }]
  })
  if (options.plateauDrop !== undefined && !model.compile.optimizer.keepsRate) {
    const expected = 'none, as a schedule says the learning rate'
    problems.push({ path: 'reduce_lr_on_plateau', expected, got: 'an object' })
  }
  if (problems.length > 0) throw invalid(problems)
  return (monitor) => directions.get(monitor) ?? 'down'
}

/** The watchers that a run asks for. */
export function createWatchers(
  { earlyStopping, plateauDrop }: FitOptions,
  step: WatchedStep,
  directionOf: DirectionOf,
): readonly EpochWatcher[] {
  return [
    ...(earlyStopping === undefined ? [] : [watchForEnd(earlyStopping, step, directionOf)]),
    ...(plateauDrop === undefined ? [] : [watchForPlateau(plateauDrop, step, directionOf)]),
  ]
}

/** `keras.callbacks.EarlyStopping`. */
function watchForEnd(options: EarlyStopping, step: WatchedStep, directionOf: DirectionOf): EpochWatcher {
  const isBetter = comparison(options, directionOf)
  let best: number | undefined
  let kept: { readonly of: RestoredEpoch; readonly weights: Awaited<ReturnType<WatchedStep['weights']>> } | undefined
  let last = -1
  let waited = 0
  const keep = async (of: RestoredEpoch): Promise<void> => {
    if (options.restore_best_weights) kept = { of, weights: await step.weights() }
  }
  return {
    async after(epoch, values) {
      last = epoch
      const current = values[options.monitor]
      if (current === undefined || epoch < options.start_from_epoch) return {}
      if (kept === undefined) await keep({ epoch, values })
      waited += 1
      if (isBetter(current, best)) {
        best = current
        await keep({ epoch, values })
        if (options.baseline === undefined || isBetter(current, options.baseline)) waited = 0
        return {}
      }
      return { stops: waited >= options.patience && epoch > 0 }
    },
    finish() {
      if (kept === undefined) return undefined
      step.setWeights(kept.weights)
      return kept.of.epoch === last ? undefined : kept.of
    },
  }
}

/** `keras.callbacks.ReduceLROnPlateau`. */
function watchForPlateau(options: PlateauDrop, step: WatchedStep, directionOf: DirectionOf): EpochWatcher {
  const isBetter = comparison(options, directionOf)
  let best: number | undefined
  let waited = 0
  let cooling = 0
  const drop = (): boolean => {
    const { learningRate, setLearningRate } = step.optimizer
    if (setLearningRate === undefined || !(learningRate > Math.fround(options.min_lr))) return false
    setLearningRate(Math.max(learningRate * options.factor, options.min_lr))
    return true
  }
  return {
    after: (_epoch, values) => {
      const adds = { learning_rate: step.optimizer.learningRate }
      const current = values[options.monitor]
      if (current === undefined) return Promise.resolve({ adds })
      if (cooling > 0) {
        cooling -= 1
        waited = 0
      }
      if (isBetter(current, best)) {
        best = current
        waited = 0
      } else if (cooling === 0) {
        waited += 1
        if (waited >= options.patience && drop()) {
          cooling = options.cooldown
          waited = 0
        }
      }
      return Promise.resolve({ adds })
    },
    finish: () => undefined,
  }
}

/** Whether a value is better than another, by more than `min_delta`; anything is better than nothing. */
function comparison(
  { monitor, mode, min_delta }: { readonly monitor: string; readonly mode: MonitorMode; readonly min_delta: number },
  directionOf: DirectionOf,
): (value: number, than: number | undefined) => boolean {
  const grows = mode === 'auto' ? directionOf(monitor) === 'up' : mode === 'max'
  const float = Math.fround // as Keras compares
  return (value, than) =>
    than === undefined || (grows ? float(value - min_delta) > float(than) : float(value + min_delta) < float(than))
}

function invalid(problems: readonly Problem[]): ParseError<'PARAMETER_INVALID'> {
  const lines = problems.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`)
  return new ParseError('PARAMETER_INVALID', `training parameters: ${lines.join('; ')}`, {
    document: 'training parameters',
    problems,
  })
}
