/** Training parameters that have parts: class weights, early stopping, a rate that drops on a plateau. @module */

import { canonicalizeJson, parseJson, utf8Decode, utf8Encode, type JsonValue } from '@aibomgen/core'
import * as z from 'zod'

/** What each class counts in the training loss, by the class as the data spell it. Classes not named count 1. */
export type ClassWeights = Readonly<Record<string, number>>

/** When training ends before its last epoch; Keras's `EarlyStopping`, with its defaults. */
export interface EarlyStopping {
  /** A name of the history. */
  readonly monitor: string
  /** ≥ 0; what counts as better has to be better by more. */
  readonly min_delta: number
  /** ≥ 0; epochs without anything better before the end. */
  readonly patience: number
  readonly mode: MonitorMode
  /** What has to be reached for an epoch to count as better. */
  readonly baseline?: number
  readonly restore_best_weights: boolean
  /** The first epoch that is looked at, from 0. */
  readonly start_from_epoch: number
}

/** When the learning rate drops; Keras's `ReduceLROnPlateau`, with its defaults. */
export interface PlateauDrop {
  readonly monitor: string
  /** 0 < x < 1; what the rate is multiplied by. */
  readonly factor: number
  readonly patience: number
  readonly mode: MonitorMode
  readonly min_delta: number
  /** Epochs after a drop that do not count. */
  readonly cooldown: number
  /** ≥ 0 */
  readonly min_lr: number
}

/** Whether less or more is better; `auto` asks the metric. */
export type MonitorMode = 'auto' | 'min' | 'max'

const MAX_TEXT_BYTES = 64 * 1024
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const monitor = z.string().min(1).max(256)
const mode = z.enum(['auto', 'min', 'max'])

/** How each is checked and filled in. */
export const STRUCTURED_SCHEMAS: {
  readonly class_weight: z.ZodType<ClassWeights, unknown>
  readonly early_stopping: z.ZodType<EarlyStopping, unknown>
  readonly reduce_lr_on_plateau: z.ZodType<PlateauDrop, unknown>
} = {
  class_weight: z
    .record(
      z.string().min(1).max(256),
      number('a number ≥ 0', (value) => value >= 0),
    )
    .refine((weights) => Object.keys(weights).length > 0 && Object.keys(weights).length <= 10_000, {
      error: 'from 1 to 10000 classes',
    }),
  early_stopping: z.strictObject({
    monitor: monitor.default('val_loss'),
    min_delta: number('a number ≥ 0', (value) => value >= 0).default(0),
    patience: count().default(0),
    mode: mode.default('auto'),
    baseline: number('a number', () => true).exactOptional(),
    restore_best_weights: z.boolean().default(false),
    start_from_epoch: count().default(0),
  }),
  reduce_lr_on_plateau: z.strictObject({
    monitor: monitor.default('val_loss'),
    factor: number('a number x with 0 < x < 1', (value) => value > 0 && value < 1).default(0.1),
    patience: count().default(10),
    mode: mode.default('auto'),
    min_delta: number('a number ≥ 0', (value) => value >= 0).default(1e-4),
    cooldown: count().default(0),
    min_lr: number('a number ≥ 0', (value) => value >= 0).default(0),
  }),
}

/** Their names. */
export const STRUCTURED_PARAMETERS = ['class_weight', 'early_stopping', 'reduce_lr_on_plateau'] as const
/** One of their names. */
export type StructuredParameter = (typeof STRUCTURED_PARAMETERS)[number]

/** The one spelling in which a job record, and then an AIBoM, keeps such a parameter: RFC 8785 JSON, as a text. */
export function spellStructured(value: ClassWeights | EarlyStopping | PlateauDrop): string {
  return utf8Decode(canonicalizeJson(value))
}

/**
 * What was asked for, to be checked: an object as it is, a text as the JSON object or the list (`patience=5,mode=min`)
 * that it spells. A text that spells neither stays one, and is refused as such.
 */
export function readStructured(value: unknown): unknown {
  if (typeof value !== 'string') return value
  return value.trimStart().startsWith('{') ? (readJson(value) ?? value) : (readList(value) ?? value)
}

function readJson(text: string): JsonValue | undefined {
  try {
    return parseJson(utf8Encode(text), { maxBytes: MAX_TEXT_BYTES, maxDepth: 4, document: 'parameter' })
  } catch {
    return undefined
  }
}

function readList(text: string): Readonly<Record<string, JsonValue>> | undefined {
  const entries = text.split(',').map((entry): [string, JsonValue] => {
    const at = entry.indexOf('=')
    return [entry.slice(0, Math.max(at, 0)).trim(), readWord(entry.slice(at + 1).trim())]
  })
  const names = new Set(entries.map(([name]) => name))
  return names.has('') || names.size < entries.length ? undefined : Object.fromEntries(entries)
}

function readWord(word: string): JsonValue {
  if (NUMBER.test(word)) return Number(word)
  return word === 'true' ? true : word === 'false' ? false : word
}

function number(error: string, isInRange: (value: number) => boolean): z.ZodType<number> {
  return z.custom<number>((value) => typeof value === 'number' && Number.isFinite(value) && isInRange(value), { error })
}

function count(): z.ZodType<number> {
  return number('an integer ≥ 0', (value) => Number.isSafeInteger(value) && value >= 0)
}
