/** The one JSON parser: bounded, strict, and the only door for strangers' JSON. @module */

import { assertWithin, utf8Decode } from './bytes.ts'
import { ParseError } from './errors.ts'

/** A JSON value whose numbers are all safe to hold as JavaScript numbers. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
/** A JSON object. `__proto__` is an ordinary member. */
export interface JsonObject {
  readonly [name: string]: JsonValue
}

/** A number literal with a fraction or an exponent, kept as it was written. */
export class JsonFloat {
  /** The literal: `1.50`, `1e3`. */
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A JSON value with every number kept exactly: integers of any size, and floats as their literals. */
export type ExactJsonValue =
  null | boolean | number | bigint | JsonFloat | string | readonly ExactJsonValue[] | ExactJsonObject
/** A JSON object with exact numbers. */
export interface ExactJsonObject {
  readonly [name: string]: ExactJsonValue
}

/** How `parseJson` reads. */
export interface JsonOptions {
  readonly maxBytes: number
  /** How deep arrays and objects may nest. 64 unless said otherwise. */
  readonly maxDepth?: number
  /** `safe` (default): integers beyond 2^53 − 1 are refused. `exact`: they become bigint, and floats `JsonFloat`. */
  readonly numbers?: 'safe' | 'exact'
  /** What the document is called in messages. */
  readonly document?: string
}

/**
 * The value that `bytes` spell in JSON (RFC 8259), one value and nothing after it.
 *
 * Refuses what makes two readers disagree: duplicate member names, ill-formed UTF-8, a byte order mark, and numbers
 * that would change by being read.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`
 */
export function parseJson(bytes: Uint8Array, options: JsonOptions & { readonly numbers: 'exact' }): ExactJsonValue
export function parseJson(bytes: Uint8Array, options: JsonOptions): JsonValue
export function parseJson(bytes: Uint8Array, options: JsonOptions): ExactJsonValue {
  const document = options.document ?? 'document'
  assertWithin(bytes.length, options.maxBytes, `bytes of JSON in ${document}`)
  let text: string
  try {
    text = utf8Decode(bytes)
  } catch (cause) {
    throw new ParseError(
      'JSON_INVALID',
      `${document}: expected JSON in UTF-8, got an ill-formed sequence`,
      { reason: 'ill-formed UTF-8', offset: 0 },
      { cause },
    )
  }
  return new JsonReader(text, options.maxDepth ?? 64, options.numbers ?? 'safe', document).read()
}

// Sticky, so that each runs at the reader's position and nowhere else.
const WHITE_SPACE = /[ \t\n\r]*/y
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y
const STRING_PIECE = /(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){1,1000}/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y

// Reading a number takes longer than its length. Python, which other readers of such documents run on, stops here too.
const MAX_DIGITS = 4300

class JsonReader {
  readonly #text: string
  readonly #maxDepth: number
  readonly #numbers: 'safe' | 'exact'
  readonly #document: string
  #position = 0

  constructor(text: string, maxDepth: number, numbers: 'safe' | 'exact', document: string) {
    this.#text = text
    this.#maxDepth = maxDepth
    this.#numbers = numbers
    this.#document = document
  }

  read(): ExactJsonValue {
    const value = this.#value(0)
    this.#skipWhiteSpace()
    if (this.#position < this.#text.length) throw this.#invalid('something after the value')
    return value
  }

  #value(depth: number): ExactJsonValue {
    this.#skipWhiteSpace()
    switch (this.#text.charCodeAt(this.#position)) {
      case 0x7b:
        return this.#object(depth + 1)
      case 0x5b:
        return this.#array(depth + 1)
      case 0x22:
        return this.#string()
      case 0x74:
        return this.#literal('true', true)
      case 0x66:
        return this.#literal('false', false)
      case 0x6e:
        return this.#literal('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): ExactJsonObject {
    assertWithin(depth, this.#maxDepth, `levels of nesting in ${this.#document}`)
    const object: Record<string, ExactJsonValue> = {}
    this.#position++
    if (this.#closes(0x7d)) return object
    do {
      this.#skipWhiteSpace()
      if (this.#text.charCodeAt(this.#position) !== 0x22) throw this.#invalid('no member name')
      const start = this.#position
      const name = this.#string()
      if (Object.hasOwn(object, name)) throw this.#invalid(`duplicate member ${JSON.stringify(name)}`, start)
      this.#skipWhiteSpace()
      if (this.#text.charCodeAt(this.#position++) !== 0x3a) throw this.#invalid('no colon after a member name')
      const value = this.#value(depth)
      // Assignment would call the setter that Object.prototype keeps under this one name.
      if (name === '__proto__') {
        Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
      } else {
        object[name] = value
      }
    } while (this.#continues(0x7d))
    return object
  }

  #array(depth: number): ExactJsonValue[] {
    assertWithin(depth, this.#maxDepth, `levels of nesting in ${this.#document}`)
    const array: ExactJsonValue[] = []
    this.#position++
    if (this.#closes(0x5d)) return array
    do array.push(this.#value(depth))
    while (this.#continues(0x5d))
    return array
  }

  #closes(closing: number): boolean {
    this.#skipWhiteSpace()
    if (this.#text.charCodeAt(this.#position) !== closing) return false
    this.#position++
    return true
  }

  #continues(closing: number): boolean {
    this.#skipWhiteSpace()
    const code = this.#text.charCodeAt(this.#position++)
    if (code === 0x2c) return true
    if (code === closing) return false
    throw this.#invalid('neither a comma nor the end', this.#position - 1)
  }

  #string(): string {
    const start = this.#position
    if (this.#skip(PLAIN_STRING)) return this.#text.slice(start + 1, this.#position - 1)
    this.#position++
    // In pieces: an expression without an upper bound needs stack for every escape that it passes.
    while (this.#skip(STRING_PIECE));
    if (this.#text.charCodeAt(this.#position++) !== 0x22) throw this.#invalid('an ill-formed string', start)
    return JSON.parse(this.#text.slice(start, this.#position)) as string
  }

  #number(): number | bigint | JsonFloat {
    const start = this.#position
    if (!this.#skip(NUMBER)) throw this.#invalid('no value')
    const literal = this.#text.slice(start, this.#position)
    const value = Number(literal)
    const isInteger = /^-?[0-9]+$/.test(literal)
    if (this.#numbers === 'exact') {
      if (!isInteger) return new JsonFloat(literal)
      if (Number.isSafeInteger(value)) return value + 0
      assertWithin(literal.length, MAX_DIGITS, `digits of an integer in ${this.#document}`)
      return BigInt(literal)
    }
    if (!Number.isFinite(value)) throw this.#invalid('a number too large to hold', start)
    if (isInteger && !Number.isSafeInteger(value)) throw this.#invalid('an integer beyond 2^53', start)
    return value
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#position)) throw this.#invalid('no value')
    this.#position += word.length
    return value
  }

  /** Whether `pattern` matches here; the position is then past it. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#position
    if (!pattern.test(this.#text)) return false
    this.#position = pattern.lastIndex
    return true
  }

  #skipWhiteSpace(): void {
    if (this.#text.charCodeAt(this.#position) > 0x20) return
    WHITE_SPACE.lastIndex = this.#position
    WHITE_SPACE.exec(this.#text)
    this.#position = WHITE_SPACE.lastIndex
  }

  #invalid(reason: string, offset: number = this.#position): ParseError {
    const found = this.#text.slice(offset, offset + 16)
    const near = found === '' ? 'the end' : JSON.stringify(found)
    return new ParseError('JSON_INVALID', `${this.#document}: ${reason} at offset ${offset}, near ${near}`, {
      reason,
      offset,
    })
  }
}
