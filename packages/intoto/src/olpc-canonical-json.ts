/** OLPC canonical JSON: the form that Metablock signatures and keyids cover. @module */

import { JsonFloat, ParseError, utf8Encode, type ExactJsonObject, type ExactJsonValue } from '@aibomgen/core'

/**
 * The OLPC canonical bytes of `value`: members sorted by code point, no white space, integers in full, and of strings
 * only `\` and `"` escaped. What comes out need not be JSON: control characters stand in it as they are.
 *
 * @throws ParseError `NOT_CANONICALIZABLE` for floats and lone surrogates, with the JSON Pointer of the value
 * @see http://wiki.laptop.org/go/Canonical_JSON
 */
export function canonicalizeOlpc(value: ExactJsonValue): Uint8Array {
  return utf8Encode(spell(value, quoteOlpc, []))
}

/**
 * The same value as compact JSON, members in the same order: what goes into a file, to be read and canonicalised again.
 *
 * @throws ParseError `NOT_CANONICALIZABLE`, as `canonicalizeOlpc`
 */
export function serializeOlpcJson(value: ExactJsonValue): string {
  return spell(value, (text) => JSON.stringify(text), [])
}

type Quote = (text: string) => string

/** Where we are: one list for the whole walk, as a link may hold a hundred thousand members. */
type Path = (string | number)[]

function spell(value: ExactJsonValue, quote: Quote, path: Path): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused(path, 'a lone surrogate')
      return quote(value)
    case 'number':
      if (!Number.isSafeInteger(value)) throw refused(path, 'not an integer that a number holds exactly')
      return String(value)
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      if (value instanceof JsonFloat) throw refused(path, 'a float')
      return isArray(value) ? spellArray(value, quote, path) : spellObject(value, quote, path)
    default:
      throw refused(path, `a ${typeof value} is no JSON value`)
  }
}

function spellArray(array: readonly ExactJsonValue[], quote: Quote, path: Path): string {
  let text = '['
  for (let index = 0; index < array.length; index++) {
    path.push(index)
    if (index > 0) text += ','
    text += spell(array[index] as ExactJsonValue, quote, path)
    path.pop()
  }
  return `${text}]`
}

function spellObject(object: ExactJsonObject, quote: Quote, path: Path): string {
  let text = '{'
  for (const name of sortByCodePoint(Object.keys(object))) {
    path.push(name)
    if (!name.isWellFormed()) throw refused(path, 'a lone surrogate in a member name')
    if (text.length > 1) text += ','
    text += `${quote(name)}:${spell(object[name] as ExactJsonValue, quote, path)}`
    path.pop()
  }
  return `${text}}`
}

function quoteOlpc(text: string): string {
  const escaped = text.includes('"') || text.includes('\\') ? text.replaceAll(/[\\"]/g, '\\$&') : text
  return `"${escaped}"`
}

/** JavaScript sorts by UTF-16 code unit, which puts surrogate pairs before U+E000: only then is there work to do. */
function sortByCodePoint(names: string[]): string[] {
  return names.some((name) => /[\ud800-\uffff]/.test(name)) ? names.sort(compareCodePoints) : names.sort()
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** A code unit's place in code point order: surrogates stand for code points above all others. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit
}

function isArray(value: object): value is readonly ExactJsonValue[] {
  return Array.isArray(value)
}

function refused(path: Path, reason: string): ParseError {
  const pointer = path.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  const message = `no canonical form for the value at ${pointer || '/'}: ${reason}`
  return new ParseError('NOT_CANONICALIZABLE', message, { path: pointer, reason })
}
