/** Learning rates: one number, or one of Keras's schedules over the steps; in float32 as Keras computes them. @module */

import type { JsonValue } from '@aibomgen/core'

import { ConfigReader, isJsonObject, textOf } from '../config-reader.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'

/** The rate for a step, by the number of steps taken before. */
export type Schedule = (step: number) => number

const float = Math.fround

const SCHEDULES: ReadonlyMap<string, (config: ConfigReader) => Schedule> = new Map([
  ['ExponentialDecay', exponentialDecay],
  ['PiecewiseConstantDecay', piecewiseConstantDecay],
  ['PolynomialDecay', polynomialDecay],
  ['InverseTimeDecay', inverseTimeDecay],
  ['CosineDecay', cosineDecay],
  ['CosineDecayRestarts', cosineDecayRestarts],
])

/** Classes that a config may name as a schedule. */
export const SCHEDULE_CLASSES: readonly string[] = [...SCHEDULES.keys()]

/**
 * The schedule that a `learning_rate` holds.
 *
 * @throws TrainingError `MODEL_UNSUPPORTED` naming the class or its option, `MODEL_INVALID`
 */
export function readSchedule(value: JsonValue, where: string): Schedule {
  const className = isJsonObject(value) ? textOf(value.class_name) : textOf(value)
  const create = SCHEDULES.get(className)
  if (!isJsonObject(value) || create === undefined) throw modelUnsupported('learning rate schedule', className, where)
  if (!isJsonObject(value.config)) throw modelInvalid(`${where}: learning rate schedule ${className} has no config`)
  const reader = new ConfigReader(value.config, `${where}, ${className}`)
  reader.ignore('name')
  const schedule = create(reader)
  reader.finish()
  return schedule
}

function exponentialDecay(config: ConfigReader): Schedule {
  const { initial, steps, staircase } = readDecay(config)
  const rate = float(config.number('decay_rate'))
  return (step) => {
    const passed = float(step / steps)
    return float(initial * float(rate ** (staircase ? Math.floor(passed) : passed)))
  }
}

function inverseTimeDecay(config: ConfigReader): Schedule {
  const { initial, steps, staircase } = readDecay(config)
  const rate = float(config.number('decay_rate'))
  return (step) => {
    const passed = float(step / steps)
    return float(initial / float(1 + float(rate * (staircase ? Math.floor(passed) : passed))))
  }
}

function piecewiseConstantDecay(config: ConfigReader): Schedule {
  const boundaries = numbers(config, 'boundaries').map(Math.trunc)
  const values = numbers(config, 'values')
  if (boundaries.length !== values.length - 1) {
    throw modelInvalid(`${config.where}: expected one boundary less than values`)
  }
  return (step) => {
    const piece = boundaries.findIndex((boundary) => step <= boundary)
    return float(values[piece === -1 ? values.length - 1 : piece] ?? 0)
  }
}

function polynomialDecay(config: ConfigReader): Schedule {
  const { initial, steps } = readDecay(config)
  const end = float(config.number('end_learning_rate', 0.0001))
  const power = float(config.number('power', 1))
  const cycle = config.boolean('cycle', false)
  return (step) => {
    const length = cycle ? float(steps * (step === 0 ? 1 : Math.ceil(float(step / steps)))) : steps
    const passed = float((cycle ? step : Math.min(step, steps)) / length)
    return float(float(float(initial - end) * float(float(1 - passed) ** power)) + end)
  }
}

function cosineDecay(config: ConfigReader): Schedule {
  const { initial, steps } = readDecay(config)
  const alpha = config.number('alpha', 0)
  const warmupTarget = config.value('warmup_target') === undefined ? undefined : float(config.number('warmup_target'))
  const warmupSteps = config.integer('warmup_steps', 0)
  const decayed = (from: number, passed: number): number => {
    const cosine = float(0.5 * float(1 + float(Math.cos(float(float(Math.PI) * float(passed / steps))))))
    return float(from * float(float(float(1 - alpha) * cosine) + float(alpha)))
  }
  return (step) => {
    if (warmupTarget === undefined) return decayed(initial, Math.min(step, steps))
    const passed = Math.min(step, float(steps + warmupSteps))
    if (passed >= warmupSteps) return decayed(warmupTarget, passed - warmupSteps)
    return float(float(float(warmupTarget - initial) * float(passed / warmupSteps)) + initial)
  }
}

function cosineDecayRestarts(config: ConfigReader): Schedule {
  const initial = float(config.number('initial_learning_rate'))
  const first = float(config.number('first_decay_steps'))
  if (!(first > 0)) throw modelInvalid(`${config.where}: expected a number above 0 as first_decay_steps`)
  const longer = float(config.number('t_mul', 2))
  const lower = float(config.number('m_mul', 1))
  const alpha = float(config.number('alpha', 0))
  return (step) => {
    const { restarts, passed } = restartAt(float(step / first), longer)
    const cosine = float(1 + float(Math.cos(float(float(Math.PI) * passed))))
    const shaped = float(float(0.5 * float(lower ** restarts)) * cosine)
    return float(initial * float(float(float(1 - alpha) * shaped) + alpha))
  }
}

/** How often a run over periods, each `longer` times the one before, began anew, and the share of the current one. */
function restartAt(passed: number, longer: number): { readonly restarts: number; readonly passed: number } {
  if (longer === 1) return { restarts: Math.floor(passed), passed: float(passed - Math.floor(passed)) }
  const reach = float(1 - float(passed * float(1 - longer)))
  const restarts = Math.floor(float(float(Math.log(reach)) / float(Math.log(longer))))
  const length = float(longer ** restarts)
  const before = float(float(1 - length) / float(1 - longer))
  return { restarts, passed: float(float(passed - before) / length) }
}

function readDecay(config: ConfigReader): {
  readonly initial: number
  readonly steps: number
  readonly staircase: boolean
} {
  const steps = float(config.number('decay_steps'))
  if (!(steps > 0)) throw modelInvalid(`${config.where}: expected a number above 0 as decay_steps`)
  return {
    initial: float(config.number('initial_learning_rate')),
    steps,
    staircase: config.boolean('staircase', false),
  }
}

function numbers(config: ConfigReader, name: string): readonly number[] {
  const value = config.value(name)
  const list: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : []
  return list.map((entry) => {
    if (typeof entry !== 'number') throw modelInvalid(`${config.where}: expected numbers as ${name}`)
    return entry
  })
}
