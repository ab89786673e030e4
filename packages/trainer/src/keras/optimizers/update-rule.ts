/** What an optimizer's rule is, and the slots that it keeps for each weight. @module */

import type { Tensor, Variable } from '@tensorflow/tfjs-core'

import type { Shape } from '../layer.ts'
import type { Gradient } from './gradient.ts'

/** A weight as an optimizer sees it before it is there. */
export interface SlotOwner {
  /** Keras's path of it: `dense_1/kernel`. */
  readonly name: string
  readonly shape: Shape
}

/** A variable of an optimizer: one of a weight's (momentum, velocity …), or one for all weights together. */
export interface SlotSpec {
  /** Which weight, from 0; undefined for all together. */
  readonly weight: number | undefined
  readonly shape: Shape
  /** What it begins as: a number, or the weight itself. */
  readonly initial: number | 'weight'
  /** How an archive stores it. */
  readonly dtype: 'float32' | 'int32'
}

/** One step, for every weight. */
export interface StepFacts {
  /** Of float32. */
  readonly learningRate: number
  /** From 1. */
  readonly number: number
  /** The slots that belong to all weights together. */
  readonly shared: readonly Variable[]
}

/** An optimizer's rule. */
export interface UpdateRule {
  /** Every slot, in the order in which Keras makes them: the order of an archive. */
  slots(weights: readonly SlotOwner[]): readonly SlotSpec[]
  /** Changes the shared slots, once before the weights of a step. */
  begin?(step: StepFacts): void
  /** Changes one weight and its own slots. */
  update(weight: Variable, gradient: Gradient, slots: readonly Variable[], step: StepFacts): void
  /** The share that a weight loses before each step, where the rule itself says it; else the optimizer's is taken. */
  weightDecayOf?(weight: SlotOwner): number | undefined
}

/** Slots of a weight's own shape, in groups: one group after the other, and within a group weight by weight. */
export function slotsLike(weights: readonly SlotOwner[], groups: readonly (readonly number[])[]): readonly SlotSpec[] {
  return groups.flatMap((group) =>
    weights.flatMap(({ shape }, weight) =>
      group.map((initial) => ({ weight, shape, initial, dtype: 'float32' as const })),
    ),
  )
}

/** Slots that have to be there. */
export function present<Slots extends readonly (Tensor | undefined)[]>(
  ...slots: Slots
): { readonly [Index in keyof Slots]: Exclude<Slots[Index], undefined> } {
  if (slots.includes(undefined)) throw new TypeError('optimizer: its slots are missing')
  return slots as { readonly [Index in keyof Slots]: Exclude<Slots[Index], undefined> }
}

/** `base ** exponent`, as float32 has it. */
export function float32Power(base: number, exponent: number): number {
  return Math.fround(Math.fround(base) ** exponent)
}
