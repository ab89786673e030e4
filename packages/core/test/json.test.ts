/** The bounded JSON parser: what it takes, what it refuses, and that it agrees with the platform's. @module */

import { JsonFloat, parseJson, ParseError, utf8Encode, type ExactJsonValue, type JsonValue } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { jsonValues } from './json-values.ts'

const parse = (text: string): JsonValue => parseJson(utf8Encode(text), { maxBytes: 1_000_000 })
const parseExact = (text: string): ExactJsonValue =>
  parseJson(utf8Encode(text), { maxBytes: 1_000_000, numbers: 'exact' })

describe('parseJson takes', () => {
  it.each([
    ['null', 'null', null],
    ['true', 'true', true],
    ['false', 'false', false],
    ['zero', '0', 0],
    ['a fraction', '-1.5', -1.5],
    ['an exponent', '1.5E+3', 1500],
    ['the largest safe integer', '9007199254740991', 9007199254740991],
    ['a float larger than any safe integer', '1e300', 1e300],
    ['a float that is too small to hold, as zero', '1e-400', 0],
    ['an empty string', '""', ''],
    ['every escape', String.raw`"\"\\\/\b\f\n\r\tA"`, '"\\/\b\f\n\r\tA'],
    ['a surrogate pair in escapes', String.raw`"😀"`, '😀'],
    ['a lone surrogate in an escape, for others to refuse', String.raw`"\ud800"`, '\ud800'],
    ['a delete character, which is no control character to JSON', '"\u007f"', '\u007f'],
    ['line separators in a string', '"\u2028\u2029"', '\u2028\u2029'],
    ['all four kinds of white space', ' \t\r\n[ 1 , 2 ] \n', [1, 2]],
    ['an empty array', '[]', []],
    ['an empty object', '{ }', {}],
    ['an empty member name', '{"":1}', { '': 1 }],
    ['names that differ in case', '{"a":1,"A":2}', { a: 1, A: 2 }],
    ['names that only look alike', '{"\u00e9":1,"e\u0301":2}', { '\u00e9': 1, 'e\u0301': 2 }],
  ])('%s', (_, text, value) => {
    expect(parse(text)).toEqual(value)
  })

  it('-0 as the float that it is', () => {
    expect(parse('-0')).toBe(-0)
  })

  it('__proto__ as a member like any other', () => {
    const value = parse('{"__proto__":{"admin":true},"constructor":1}') as Record<string, JsonValue>
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
    expect(value['admin']).toBeUndefined()
  })

  it('64 levels of nesting, or as many as the caller says', () => {
    expect(() => parse('['.repeat(64) + ']'.repeat(64))).not.toThrow()
    const deep = utf8Encode('['.repeat(500) + ']'.repeat(500))
    expect(() => parseJson(deep, { maxBytes: 1000, maxDepth: 500 })).not.toThrow()
  })

  it.each([
    ['one escape', '\\n'],
    ['nothing but escapes', '\\u0041'],
    ['plain characters and an escape by turns', 'xy\\t'],
  ])('long strings with %s', (_, unit) => {
    const text = `"${'x'.repeat(5_000_000)}${unit.repeat(1_000_000)}"`
    const value = parseJson(utf8Encode(text), { maxBytes: text.length })
    expect(value).toHaveLength(5_000_000 + 1_000_000 * (JSON.parse(`"${unit}"`) as string).length)
  })
})

describe('parseJson refuses', () => {
  it.each([
    ['nothing', ''],
    ['white space alone', ' \n'],
    ['a second value', '1 2'],
    ['something after the value', '{} x'],
    ['a comma after the value', '[],'],
    ['a trailing comma in an array', '[1,]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a leading comma', '[,1]'],
    ['two commas', '[1,,2]'],
    ['a missing comma', '[1 2]'],
    ['a missing colon', '{"a" 1}'],
    ['a missing value', '{"a":}'],
    ['a name without quotes', '{a:1}'],
    ['a name that is a number', '{1:1}'],
    ['single quotes', "'a'"],
    ['an array without its end', '[1'],
    ['an object without its end', '{"a":1'],
    ['brackets that do not match', '[1}'],
    ['a string without its end', '"abc'],
    ['a string without its end, after an escape', '"abc\\n'],
    ['an escape without its character', '"\\'],
    ['an unknown escape', String.raw`"\x41"`],
    ['a short unicode escape', String.raw`"\u12"`],
    ['a raw line feed in a string', '"a\nb"'],
    ['a raw NUL in a string', '"a\u0000b"'],
    ['a raw tab after an escape', '"\\n\t"'],
    ['a leading zero', '01'],
    ['a leading plus', '+1'],
    ['a bare minus', '-'],
    ['a bare fraction', '.5'],
    ['a fraction without digits', '1.'],
    ['an exponent without digits', '1e'],
    ['hexadecimal', '0x10'],
    ['NaN', 'NaN'],
    ['Infinity', '-Infinity'],
    ['a literal in capitals', 'True'],
    ['a literal cut short', 'nul'],
    ['a literal that goes on', 'nullx'],
    ['undefined', 'undefined'],
    ['a comment', '[1 /* one */]'],
    ['white space of another kind', '\u00a01'],
    ['a byte order mark', '\ufeff{}'],
    ['a duplicate member', '{"a":1,"a":1}'],
    ['a duplicate member, spelled otherwise', String.raw`{"a":1,"\u0061":2}`],
    ['a duplicate member further down', '{"x":[{"b":1,"c":2,"b":3}]}'],
    ['a duplicate __proto__', '{"__proto__":1,"__proto__":2}'],
    ['an integer beyond 2^53 - 1', '9007199254740992'],
    ['a negative integer beyond 2^53 - 1', '-9007199254740992'],
    ['a number too large to hold', '1E400'],
  ])('%s', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'JSON_INVALID' }))
  })

  it.each([
    ['a stray continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a sequence cut short', [0x22, 0xe2, 0x82, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('%s', (_, bytes) => {
    expect(() => parseJson(Uint8Array.from(bytes), { maxBytes: 100 })).toThrow(
      expect.objectContaining({ code: 'JSON_INVALID' }),
    )
  })

  it('more bytes than it may take', () => {
    expect(() => parseJson(utf8Encode('"123"'), { maxBytes: 4 })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', detail: expect.objectContaining({ limit: 4, actual: 5 }) }),
    )
  })

  it.each([
    ['arrays', '['.repeat(65) + ']'.repeat(65)],
    ['objects', '{"a":'.repeat(65) + '1' + '}'.repeat(65)],
    ['a hundred thousand arrays without an end', '['.repeat(100_000)],
  ])('nesting that is too deep: %s', (_, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', detail: expect.objectContaining({ limit: 64, actual: 65 }) }),
    )
  })

  it('says what, where, and in which document', () => {
    expect(() => parseJson(utf8Encode('{"a":1,"a":2}'), { maxBytes: 100, document: 'job.json' })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('job.json'),
        detail: { reason: 'duplicate member "a"', offset: 7 },
      }),
    )
  })
})

describe('parseJson with exact numbers', () => {
  it.each([
    ['zero', '0', 0],
    ['minus zero as zero, for integers know no other', '-0', 0],
    ['a safe integer', '-12', -12],
    ['an integer beyond 2^53', '9007199254740993', 9007199254740993n],
    ['a negative integer beyond 2^53', '-123456789012345678901234567890', -123456789012345678901234567890n],
  ])('keeps %s', (_, text, value) => {
    expect(parseExact(text)).toBe(value)
  })

  it.each(['1.0', '1.50', '1e3', '-0.0', '1E400', '1e-400'])('keeps the literal %s', (text) => {
    expect(parseExact(text)).toEqual(new JsonFloat(text))
  })

  it('refuses an integer that takes longer to read than it is long', () => {
    expect(parseExact('9'.repeat(4300))).toBe(10n ** 4300n - 1n)
    expect(() => parseExact('9'.repeat(4301))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })
})

describe('parseJson and JSON.parse', () => {
  it('agree on every text that JSON.stringify writes', () => {
    const property = fc.property(jsonValues, fc.constantFrom('', ' ', '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      expect(parse(text)).toStrictEqual(JSON.parse(text))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('never part on the same text: parseJson gives the same value, or a ParseError', () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"\\u0061"',
      '1',
      '-',
      '0',
      '.5',
      'e1',
      ' ',
      'null',
      'true',
      '"',
      '\\',
      '\n',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(tokens, { maxLength: 14 }).map((all) => all.join('')),
    )
    const property = fc.property(texts, (text) => {
      let value: JsonValue
      try {
        value = parse(text)
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
        return
      }
      expect(value).toStrictEqual(JSON.parse(text))
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it('throws nothing but ParseError, whatever the bytes', () => {
    const property = fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('safe', 'exact'),
      (bytes, numbers) => {
        try {
          parseJson(bytes, { maxBytes: 50, maxDepth: 3, numbers })
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError)
        }
      },
    )
    fc.assert(property, { numRuns: 1000 })
  })
})
