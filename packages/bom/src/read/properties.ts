/** Reading CycloneDX properties. @module */

import { parseJson, parseWith, utf8Encode } from '@aibomgen/core'
import * as z from 'zod'

import type { PropertyOwner } from './aibom-shape.ts'
import { contradiction } from './claim-problems.ts'

/**
 * The value of the one property called `name`.
 *
 * @throws ParseError `DOCUMENT_INVALID` when there is none, or more than one
 */
export function readProperty(owner: PropertyOwner, name: string): string {
  const value = readOptionalProperty(owner, name)
  if (value === undefined) throw contradiction(`property ${name}`, 'exactly one', 'none')
  return value
}

/**
 * The value of the one property called `name`, if there is one.
 *
 * @throws ParseError `DOCUMENT_INVALID` when there are more
 */
export function readOptionalProperty({ properties }: PropertyOwner, name: string): string | undefined {
  const [value, ...others] = properties.flatMap((property) => (property.name === name ? [property.value] : []))
  if (others.length > 0) throw contradiction(`property ${name}`, 'exactly one', 'several')
  return value
}

/**
 * Every property whose name begins with `prefix`, by the rest of its name.
 *
 * @throws ParseError `DOCUMENT_INVALID` for two with the same name
 */
export function propertiesUnder({ properties }: PropertyOwner, prefix: string): Readonly<Record<string, string>> {
  const found = properties.filter(({ name }) => name.startsWith(prefix))
  const record = Object.fromEntries(found.map(({ name, value }) => [name.slice(prefix.length), value]))
  if (Object.keys(record).length < found.length)
    throw contradiction(`properties ${prefix}*`, 'each once', 'a repetition')
  return record
}

/** A whole number that is not negative. */
export function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0 || String(count) !== text) {
    throw contradiction('a property', 'a whole number', text)
  }
  return count
}

/** A JSON list of strings. */
export function readStringList(text: string): readonly string[] {
  const bytes = utf8Encode(text)
  return parseWith(z.array(z.string()), parseJson(bytes, { maxBytes: bytes.length }), 'property')
}
