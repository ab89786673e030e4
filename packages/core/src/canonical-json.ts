/** RFC 8785, the JSON Canonicalization Scheme: one value, one spelling. @module */

import { utf8Encode } from './bytes.ts'
import { ParseError } from './errors.ts'

const MAX_DEPTH = 256

/**
 * The canonical bytes of a JSON value (RFC 8785): members sorted by UTF-16 code unit, ECMAScript numbers, no white space.
 *
 * Refuses what has no one spelling: lone surrogates (else two documents share a signature), integers beyond 2^53,
 * NaN and infinities, `undefined`, and objects that are not plain.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`, with the JSON Pointer of the value
 */
export function canonicalizeJson(value: unknown): Uint8Array {
  return utf8Encode(spell(value, '', 0))
}

function spell(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return spellString(value, path)
    case 'number':
      return spellNumber(value, path)
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      if (depth >= MAX_DEPTH) throw refused(path, `nested deeper than ${MAX_DEPTH}`)
      return Array.isArray(value) ? spellArray(value, path, depth) : spellObject(value, path, depth)
    default:
      throw refused(path, `a ${typeof value} is no JSON value`)
  }
}

function spellArray(array: readonly unknown[], path: string, depth: number): string {
  return `[${Array.from(array, (item, index) => spell(item, `${path}/${index}`, depth + 1)).join(',')}]`
}

function spellObject(object: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) throw refused(path, 'not a plain object')
  // The default sort compares UTF-16 code units, which is what section 3.2.3 asks for.
  const members = Object.keys(object)
    .sort()
    .map((name) => {
      const memberPath = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const member: unknown = Reflect.get(object, name)
      return `${spellString(name, memberPath)}:${spell(member, memberPath, depth + 1)}`
    })
  return `{${members.join(',')}}`
}

function spellString(text: string, path: string): string {
  if (!text.isWellFormed()) throw refused(path, 'a lone surrogate')
  return JSON.stringify(text)
}

function spellNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw refused(path, `${value} is no JSON number`)
  // Past 2^53 an integer literal names its neighbour as well; past 1e21 ECMAScript writes an exponent, and it is a float.
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21) {
    throw refused(path, 'an integer beyond 2^53')
  }
  return String(value === 0 ? 0 : value)
}

function refused(path: string, reason: string): ParseError {
  return new ParseError('NOT_CANONICALIZABLE', `no canonical form for the value at ${path || '/'}: ${reason}`, {
    path,
    reason,
  })
}
