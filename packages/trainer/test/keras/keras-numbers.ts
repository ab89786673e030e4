/** What real Keras computed, written by `test/interop/keras_numbers.py`. @module */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { JsonObject } from '@aibomgen/core'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

interface Numbers {
  readonly shape: number[]
  readonly values: number[]
}

interface ObjectCase {
  readonly name: string
  readonly config: JsonObject
  /** Whether rows have weights: `none` or `rows`. */
  readonly weighted?: string
}

interface Titled {
  readonly name: string
  readonly config?: JsonObject
  readonly weighted?: string
}

export interface LossCase extends ObjectCase {
  readonly target: Numbers
  readonly prediction: Numbers
  readonly weights: number[] | null
  readonly mask: { readonly shape: number[]; readonly values: boolean[] } | null
  readonly loss: number
  readonly gradient: number[]
}

export interface MetricCase extends ObjectCase {
  readonly targetShape: number[]
  readonly outputShape: number[]
  readonly batches: readonly { target: number[]; prediction: number[]; weights: number[] | null }[]
  readonly result: number
}

export interface OptimizerStep {
  readonly gradients: Readonly<Record<string, number[]>>
  readonly rows: number[]
  readonly indices: number[]
  readonly merged: boolean
  readonly weights: Readonly<Record<string, number[]>>
}

export interface OptimizerCase extends ObjectCase {
  readonly initial: Readonly<Record<string, Numbers>>
  readonly steps: readonly OptimizerStep[]
  readonly state: readonly (number | number[])[]
  readonly final: Readonly<Record<string, number[]>>
}

export interface ScheduleCase {
  readonly name: string
  readonly schedule: JsonObject
  readonly rates: number[]
}

export interface WeightRuleCase<Result> {
  readonly name: string
  readonly rule: JsonObject
  readonly weight: Numbers
  readonly result: Result
}

/** Every case. */
export interface KerasNumbers {
  readonly losses: readonly LossCase[]
  readonly metrics: readonly MetricCase[]
  readonly optimizers: readonly OptimizerCase[]
  readonly schedules: readonly ScheduleCase[]
  readonly regularizers: readonly WeightRuleCase<number>[]
  readonly constraints: readonly WeightRuleCase<number[]>[]
}

/** All numbers of the committed file. */
export function readKerasNumbers(): KerasNumbers {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'keras-numbers.json'), 'utf8')) as KerasNumbers
}

/** Cases with titles that tell them apart. */
export function titled<Case extends Titled>(cases: readonly Case[]): [string, Case][] {
  return cases.map((entry, index) => {
    const { config, weighted } = entry
    return [`${entry.name} ${JSON.stringify(config ?? '').slice(0, 90)} ${weighted ?? ''} (${index})`, entry]
  })
}

/** The names of all cases. */
export function namesOf(cases: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(cases.map(({ name }) => name))
}

export function tensorOf({ shape, values }: Numbers): Tensor {
  return tf.tensor(values, shape)
}
