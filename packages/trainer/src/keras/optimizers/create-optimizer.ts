/** An optimizer at work: what Keras's optimizers have in common around their rules. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Variable } from '@tensorflow/tfjs-core'

import type { Optimizer, OptimizedWeight, OptimizerState } from '../optimizers.ts'
import { clipGradients, type ClipOptions } from './clip-gradients.ts'
import { Gradient } from './gradient.ts'
import type { Schedule } from './schedules.ts'
import { slotsLike, type SlotOwner, type SlotSpec, type UpdateRule } from './update-rule.ts'

/** What every optimizer may be told. */
export interface SharedOptions extends ClipOptions {
  /** A number that may be changed while training runs, or a schedule. */
  readonly learningRate: number | Schedule
  readonly weightDecay: number | undefined
  /** Of so many steps the gradients are averaged before weights change; undefined for 1. */
  readonly accumulationSteps: number | undefined
  /** The share that a moving average of the weights keeps; undefined for no average. */
  readonly averageMomentum: number | undefined
  /** After how many steps weights become their average. */
  readonly overwriteFrequency: number | undefined
  readonly lossScale: number | undefined
}

/** Every slot in the order of an archive: averages of weights, gathered gradients, then the rule's own. */
export function allSlots(weights: readonly SlotOwner[], rule: UpdateRule, options: SharedOptions): readonly SlotSpec[] {
  const groups = [...averageGroup(options), ...gatheringGroup(options)]
  return [...slotsLike(weights, groups), ...rule.slots(weights)]
}

/** An optimizer that goes on from `state`, or begins. */
export function createOptimizer(
  weights: readonly OptimizedWeight[],
  {
    rule,
    options,
    state,
  }: { readonly rule: UpdateRule; readonly options: SharedOptions; readonly state?: OptimizerState },
): Optimizer {
  const specs = allSlots(weights.map(ownerOf), rule, options)
  const slots = specs.map((spec, index) => createSlot(spec, weights, state?.slots[index]))
  const owned = (weight: number | undefined): readonly Variable[] =>
    slots.filter((_, index) => specs[index]?.weight === weight)
  const own = new Map(weights.map(({ variable }, index) => [variable, splitSlots(owned(index), options)] as const))
  const shared = owned(undefined)
  const { accumulationSteps = 1 } = options
  let iterations = state?.steps ?? 0
  let rate = Math.fround(state?.learningRate ?? (typeof options.learningRate === 'number' ? options.learningRate : 0))
  const rateNow = (): number => (typeof options.learningRate === 'number' ? rate : options.learningRate(iterations))

  const update = (gradients: ReadonlyMap<Variable, Gradient>): void => {
    const step = { learningRate: rateNow(), number: Math.floor(iterations / accumulationSteps) + 1, shared }
    const clipped = clipGradients(gradients, options)
    for (const weight of weights) if (clipped.has(weight.variable)) decay(weight, rule, options, step.learningRate)
    rule.begin?.(step)
    for (const [variable, gradient] of clipped) {
      tf.tidy(() => {
        rule.update(variable, gradient, own.get(variable)?.rule ?? [], step)
      })
    }
  }

  return {
    lossScale: options.lossScale,
    get learningRate() {
      return rateNow()
    },
    setLearningRate: typeof options.learningRate === 'number' ? (value) => (rate = Math.fround(value)) : undefined,
    apply(given) {
      const gradients = unscaled(given, options.lossScale)
      if (accumulationSteps === 1) update(gradients)
      else if ((iterations + 1) % accumulationSteps !== 0) gather(gradients, (variable) => own.get(variable)?.gathered)
      else {
        update(takeGathered(gradients, accumulationSteps, (variable) => own.get(variable)?.gathered))
        for (const { gathered } of own.values()) gathered?.assign(tf.zerosLike(gathered))
      }
      moveAverages(weights, options, iterations, (variable) => own.get(variable)?.average)
      for (const { variable, constraint } of weights) {
        if (constraint !== undefined && gradients.has(variable)) variable.assign(constraint(variable))
      }
      iterations += 1
    },
    finish() {
      for (const [variable, { average }] of own) if (average !== undefined) variable.assign(average)
    },
    async state() {
      const numbers: Float32Array[] = []
      for (const slot of slots) numbers.push(Float32Array.from(await slot.data<'float32'>()))
      return {
        steps: iterations,
        ...(typeof options.learningRate === 'number' ? { learningRate: rate } : {}),
        slots: numbers,
      }
    },
    dispose() {
      tf.dispose(slots)
    },
  }
}

/** The slots of one weight, told apart. */
interface OwnSlots {
  readonly average: Variable | undefined
  readonly gathered: Variable | undefined
  readonly rule: readonly Variable[]
}

function splitSlots(slots: readonly Variable[], options: SharedOptions): OwnSlots {
  const averages = averageGroup(options).length
  const before = averages + gatheringGroup(options).length
  return {
    average: averages === 0 ? undefined : slots[0],
    gathered: before === averages ? undefined : slots[averages],
    rule: slots.slice(before),
  }
}

function averageGroup({ averageMomentum }: SharedOptions): readonly (readonly number[])[] {
  return averageMomentum === undefined ? [] : [[0]]
}

function gatheringGroup({ accumulationSteps }: SharedOptions): readonly (readonly number[])[] {
  return accumulationSteps === undefined ? [] : [[0]]
}

function ownerOf({ name, variable }: OptimizedWeight): SlotOwner {
  return { name, shape: variable.shape }
}

function createSlot(spec: SlotSpec, weights: readonly OptimizedWeight[], saved: Float32Array | undefined): Variable {
  return tf.tidy(() => {
    const shape = [...spec.shape]
    if (saved !== undefined) return tf.variable(tf.tensor(saved, shape), false)
    if (spec.initial !== 'weight') return tf.variable(tf.fill(shape, spec.initial), false)
    const weight = weights[spec.weight ?? -1]?.variable
    if (weight === undefined) throw new TypeError('optimizer: a slot of no weight begins as one')
    return tf.variable(weight.clone(), false)
  })
}

/** AdamW's and all others': the weight loses its share before the step, biases included. */
function decay(weight: OptimizedWeight, rule: UpdateRule, options: SharedOptions, learningRate: number): void {
  const share = rule.weightDecayOf === undefined ? options.weightDecay : rule.weightDecayOf(ownerOf(weight))
  if (share === undefined) return
  const { variable } = weight
  tf.tidy(() => {
    variable.assign(tf.sub(variable, tf.mul(tf.mul(variable, share), learningRate)))
  })
}

function unscaled(
  gradients: ReadonlyMap<Variable, Gradient>,
  scale: number | undefined,
): ReadonlyMap<Variable, Gradient> {
  if (scale === undefined) return gradients
  return new Map([...gradients].map(([weight, gradient]) => [weight, gradient.map((values) => tf.div(values, scale))]))
}

type SlotOf = (variable: Variable) => Variable | undefined

function gather(gradients: ReadonlyMap<Variable, Gradient>, gathered: SlotOf): void {
  for (const [variable, gradient] of gradients) {
    const sum = gathered(variable)
    sum?.assign(tf.add(sum, gradient.sum()))
  }
}

function takeGathered(
  gradients: ReadonlyMap<Variable, Gradient>,
  steps: number,
  gathered: SlotOf,
): ReadonlyMap<Variable, Gradient> {
  return new Map(
    [...gradients].map(([variable, gradient]) => {
      const before = gathered(variable)
      const sum = gradient.sum()
      return [variable, Gradient.dense(tf.div(before === undefined ? sum : tf.add(sum, before), steps))]
    }),
  )
}

function moveAverages(
  weights: readonly OptimizedWeight[],
  { averageMomentum, overwriteFrequency, accumulationSteps = 1 }: SharedOptions,
  iterations: number,
  averageOf: SlotOf,
): void {
  if (averageMomentum === undefined) return
  const updates = Math.floor(iterations / accumulationSteps)
  const momentum = Math.fround(updates === 0 ? 0 : averageMomentum)
  const overwrites = overwriteFrequency !== undefined && (updates + 1) % overwriteFrequency === 0
  for (const { variable } of weights) {
    const average = averageOf(variable)
    average?.assign(tf.add(tf.mul(momentum, average), tf.mul(Math.fround(1 - momentum), variable)))
    if (overwrites && average !== undefined) variable.assign(average)
  }
}
