/** How the JSON documents among a training run's outputs are read and spelled. @module */

import { ParseError, parseJson, parseWith, utf8Encode } from '@aibomgen/core'
import * as z from 'zod'

/** A kind of output document: its name in messages, its size limit, its shape. */
export interface OutputDocument<T> {
  /** As a release names it: `metrics.json`. */
  readonly name: string
  readonly maxBytes: number
  readonly schema: z.ZodType<T, unknown>
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

/** The schema of a document that comes in several types: the one that its member `type` names. */
export function typedSchema<T extends { readonly type: string }>(
  schemas: Readonly<Record<T['type'], z.ZodType<T, unknown>>>,
): z.ZodType<T, unknown> {
  const types = Object.keys(schemas) as T['type'][]
  return z.looseObject({ type: z.enum(types) }).transform((document, { issues }): T => {
    const result = schemas[document.type].safeParse(document)
    if (result.success) return result.data
    issues.push(...(result.error.issues as typeof issues))
    return z.NEVER
  })
}

/**
 * The bytes of a document, one spelling for one value: members sorted by code unit, numbers as ECMAScript writes them
 * (integers past 2^53 with an exponent: they are floats), two spaces of indentation, a line feed at the end.
 *
 * @throws ParseError `NOT_CANONICALIZABLE` for NaN, infinities and lone surrogates
 */
export function serializeOutputDocument(value: object): Uint8Array {
  return utf8Encode(`${spell(value, '\n')}\n`)
}

function spell(value: unknown, lineStart: string): string {
  const inner = `${lineStart}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[${value.map((item) => inner + spell(item, inner)).join(',')}${lineStart}]`
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    if (members.length === 0) return '{}'
    return `{${members.map(([name, member]) => `${inner}${spellText(name)}: ${spell(member, inner)}`).join(',')}${lineStart}}`
  }
  if (typeof value === 'number') return spellNumber(value)
  return typeof value === 'string' ? spellText(value) : String(value)
}

function spellNumber(value: number): string {
  if (!Number.isFinite(value)) throw unspeakable(`${value} is no JSON number`)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential()
  return String(value === 0 ? 0 : value)
}

function spellText(text: string): string {
  if (!text.isWellFormed()) throw unspeakable('a lone surrogate')
  return JSON.stringify(text)
}

function unspeakable(reason: string): ParseError {
  return new ParseError('NOT_CANONICALIZABLE', `output document: ${reason}`, { path: '', reason })
}
