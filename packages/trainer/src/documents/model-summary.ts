/** `model-summary.json`: what a model is made of. @module */

import type { JsonObject } from '@aibomgen/core'
import * as z from 'zod'

import { parseOutputDocument, serializeOutputDocument, type OutputDocument } from './output-document.ts'

/** A shape with its batch axis first; `null` where the size is open. */
export type OpenShape = readonly (number | null)[]

/** One layer, in the model's order. */
export interface LayerSummary {
  readonly name: string
  /** Keras's class name: `Dense`. */
  readonly className: string
  readonly outputShape: OpenShape
  /** Numbers in its weights, trainable or not. */
  readonly parameters: number
  readonly trainable: boolean
}

/** One input or output of a model. */
export interface TensorSummary {
  readonly name: string
  readonly shape: OpenShape
  /** `float32`, `int32` … */
  readonly dtype: string
}

/** How many numbers a model has. `total` is the sum of the other two. */
export interface ParameterCounts {
  readonly total: number
  readonly trainable: number
  readonly nonTrainable: number
}

/** A compiled model in words and numbers, without its weights. */
export interface ModelSummary {
  readonly name: string
  readonly family: 'Sequential' | 'Functional'
  readonly layers: readonly LayerSummary[]
  readonly parameters: ParameterCounts
  readonly inputs: readonly TensorSummary[]
  readonly outputs: readonly TensorSummary[]
  /** `name` is Keras's class name (`Adam`), `config` its arguments as the archive has them. */
  readonly optimizer: { readonly name: string; readonly config: JsonObject }
  /** Keras's name: `sparse_categorical_crossentropy`. A list where the model has several outputs: one for each. */
  readonly loss: string | readonly string[]
  readonly metrics: readonly string[]
  /**
   * The epoch (from 0) that the weights are of, with its entries of the history, where early stopping put back those of
   * an earlier one than the last.
   */
  readonly restored?: { readonly epoch: number; readonly values: Readonly<Record<string, number>> }
}

const text = z.string().min(1).max(1024)
const count = z.int().min(0)
const shape = z.array(z.int().min(0).nullable()).max(16)
const tensor = z.strictObject({ name: text, shape, dtype: text })

const MODEL_SUMMARY: OutputDocument<ModelSummary> = {
  name: 'model-summary.json',
  maxBytes: 16 * 1024 * 1024,
  schema: z.strictObject({
    name: text,
    family: z.enum(['Sequential', 'Functional']),
    layers: z
      .array(
        z.strictObject({ name: text, className: text, outputShape: shape, parameters: count, trainable: z.boolean() }),
      )
      .max(10_000),
    parameters: z.strictObject({ total: count, trainable: count, nonTrainable: count }),
    inputs: z.array(tensor).min(1).max(1000),
    outputs: z.array(tensor).min(1).max(1000),
    optimizer: z.strictObject({ name: text, config: z.record(z.string(), z.json()) }),
    loss: z.union([text, z.array(text).min(2).max(1000)]),
    metrics: z.array(text).max(1000),
    restored: z.strictObject({ epoch: count, values: z.record(text, z.number()) }).exactOptional(),
  }),
}

/**
 * The summary that `bytes` (at most 16 MiB, 10 000 layers) spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parseModelSummary(bytes: Uint8Array): ModelSummary {
  return parseOutputDocument(MODEL_SUMMARY, bytes)
}

/** The summary's bytes: members sorted, two-space indented JSON, a line feed at the end. */
export function serializeModelSummary(summary: ModelSummary): Uint8Array {
  return serializeOutputDocument(summary)
}
