/** What a training child and its parent say to each other. The parent holds keys, and takes the child for a stranger. @module */

import { parseWith, type JsonObject } from '@aibomgen/core'
import * as z from 'zod'

/** What the child says: `started` first, `failed` or `finished` last. Epochs and batches count from 1. */
export type ChildMessage =
  /** The engine has been loaded and training begins. */
  | { readonly type: 'started'; readonly backend: StartedBackend }
  /** A batch has been trained on; not every one is told. `metrics` are running values over the epoch. */
  | {
      readonly type: 'batch'
      readonly epoch: number
      readonly epochs: number
      readonly batch: number
      readonly batches: number
      readonly metrics: Readonly<Record<string, number>>
    }
  /** An epoch is over. `metrics` are its entries of the history; `secondsLeft` is a guess. */
  | {
      readonly type: 'epoch'
      readonly epoch: number
      readonly epochs: number
      readonly metrics: Readonly<Record<string, number>>
      readonly secondsLeft: number
    }
  /** The run failed: an `SdkError` in its parts, or `INTERNAL` for a mistake of ours. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly detail: JsonObject }
  /** All outputs are written. */
  | { readonly type: 'finished' }

/** The engine that trains, as the child found it: versions by npm package name, devices by the engine's names. */
export interface StartedBackend {
  readonly name: string
  /** Why this one. */
  readonly reason: string
  readonly versions: Readonly<Record<string, string>>
  readonly devices: readonly string[]
}

/** What the parent says. */
export interface ParentMessage {
  /** Stop within one batch. */
  readonly type: 'cancel'
}

const name = z.string().min(1).max(256)
const count = z.int().min(1)
const metrics = z.record(name, z.number()).refine((record) => Object.keys(record).length <= 1000, {
  error: 'at most 1000 metrics',
})

const childMessageSchema: z.ZodType<ChildMessage> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('started'),
    backend: z.strictObject({
      name,
      reason: name,
      versions: z.record(name, name),
      devices: z.array(name).max(256),
    }),
  }),
  z.strictObject({ type: z.literal('batch'), epoch: count, epochs: count, batch: count, batches: count, metrics }),
  z.strictObject({ type: z.literal('epoch'), epoch: count, epochs: count, metrics, secondsLeft: z.number().min(0) }),
  z.strictObject({
    type: z.literal('failed'),
    code: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'expected an error code'),
    message: z.string().max(65_536),
    detail: z.record(z.string(), z.json()),
  }),
  z.strictObject({ type: z.literal('finished') }),
])

const parentMessageSchema: z.ZodType<ParentMessage> = z.strictObject({ type: z.literal('cancel') })

/**
 * The child's message that `value` is. Says nothing about whether it comes in turn, or is true.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function parseChildMessage(value: unknown): ChildMessage {
  return parseWith(childMessageSchema, value, 'message of the training child')
}

/**
 * The parent's message that `value` is.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function parseParentMessage(value: unknown): ParentMessage {
  return parseWith(parentMessageSchema, value, 'message to the training child')
}
