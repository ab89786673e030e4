/** `metrics.json`: the Keras history of a training run. @module */

import * as z from 'zod'

import { addDifference, NO_DIFFERENCE, type NumericDifference } from '../numeric-difference.ts'
import { parseOutputDocument, serializeOutputDocument, type OutputDocument } from './output-document.ts'

/**
 * What `model.fit` returns as `history`: per name (`loss`, `accuracy`, `val_loss` …) one value for each epoch that ran,
 * or for each that validated. Every value is finite.
 */
export type Metrics = Readonly<Record<string, readonly number[]>>

const METRICS: OutputDocument<Metrics> = {
  name: 'metrics.json',
  maxBytes: 64 * 1024 * 1024,
  schema: z.record(z.string().min(1).max(256), z.array(z.number()).max(100_000)),
}

/**
 * The history that `bytes` (at most 64 MiB) spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parseMetrics(bytes: Uint8Array): Metrics {
  return parseOutputDocument(METRICS, bytes)
}

/** The history's bytes: names sorted, two-space indented JSON, a line feed at the end. */
export function serializeMetrics(metrics: Metrics): Uint8Array {
  return serializeOutputDocument(metrics)
}

/** How far two histories lie apart, epoch by epoch; what only one of them has lies infinitely far. */
export function compareMetrics(released: Metrics, reproduced: Metrics): NumericDifference {
  const names = [...new Set([...Object.keys(released), ...Object.keys(reproduced)])].sort()
  return names.reduce<NumericDifference>(
    (sum, name) => addDifference(sum, name, released[name] ?? [], reproduced[name] ?? []),
    NO_DIFFERENCE,
  )
}
