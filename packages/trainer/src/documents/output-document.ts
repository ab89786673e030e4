/** How the JSON documents among a training run's outputs are read and spelled. @module */

import { canonicalizeJson, parseJson, parseWith, utf8Encode } from '@aibomgen/core'
import type * as z from 'zod'

/** A kind of output document: its name in messages, its size limit, its shape. */
export interface OutputDocument<T> {
  /** As a release names it: `metrics.json`. */
  readonly name: string
  readonly maxBytes: number
  readonly schema: z.ZodType<T>
}

/**
 * The document that `bytes` (strict JSON) spell. A training child wrote it: nothing in it is believed but through the
 * digest in a verified `run_training` link.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parseOutputDocument<T>({ name, maxBytes, schema }: OutputDocument<T>, bytes: Uint8Array): T {
  return parseWith(schema, parseJson(bytes, { maxBytes, document: name }), name)
}

/**
 * The bytes of a document: members in the order of RFC 8785 and numbers as it writes them, two spaces of indentation for
 * people, a line feed at the end. One value has one spelling.
 *
 * @throws ParseError `NOT_CANONICALIZABLE` for NaN, infinities and lone surrogates
 */
export function serializeOutputDocument(value: object): Uint8Array {
  const canonical = canonicalizeJson(value)
  const ordered = parseJson(canonical, { maxBytes: canonical.length })
  return utf8Encode(`${JSON.stringify(ordered, null, 2)}\n`)
}
