import { JsonFloat, parseJson, ParseError, toHex, utf8Decode, utf8Encode, type ExactJsonValue } from '@aibomgen/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { canonicalizeOlpc, serializeOlpcJson } from '../src/olpc-canonical-json.ts'
import { readVectors } from './vectors.ts'

const parseExact = (text: string): ExactJsonValue =>
  parseJson(utf8Encode(text), { maxBytes: 1 << 24, maxDepth: 200, numbers: 'exact' })

describe('canonicalizeOlpc', () => {
  it('gives the bytes of every vector', () => {
    const vectors = readVectors<{ json: string; canonical_hex: string }>('canonical')
    expect(vectors).toHaveLength(800)
    for (const { json, canonical_hex } of vectors) {
      expect(toHex(canonicalizeOlpc(parseExact(json))), json).toBe(canonical_hex)
    }
  })

  it.each([
    ['sorts by code point, not by code unit', '{"\\uffff":1,"\\ud83d\\ude00":2}', '{"\uffff":1,"😀":2}'],
    ['keeps integers of any size', '[12345678901234567890123,-0]', '[12345678901234567890123,0]'],
    ['leaves control characters as they are', '"a\\n\\u0000b"', '"a\n\u0000b"'],
    ['escapes backslash and quote alone', '"\\\\\\"/é"', '"\\\\\\"/é"'],
    ['keeps a member called __proto__', '{"b":1,"__proto__":{"x":1}}', '{"__proto__":{"x":1},"b":1}'],
    ['applies no Unicode normal form', '["é","e\\u0301"]', '["é","e\u0301"]'],
  ])('%s', (_reason, json, canonical) => {
    expect(utf8Decode(canonicalizeOlpc(parseExact(json)))).toBe(canonical)
  })

  it.each([
    ['a float literal', [new JsonFloat('1.0')], '/0'],
    ['a fraction', { a: 1.5 }, '/a'],
    ['an integer a number cannot hold', 2 ** 53, ''],
    ['a lone surrogate', { t: '\ud800' }, '/t'],
    ['a lone surrogate in a member name', { '\ud800': 1 }, '/\ud800'],
    ['undefined', [undefined] as unknown as ExactJsonValue, '/0'],
  ])('refuses %s', (_reason, value, path) => {
    expect(() => canonicalizeOlpc(value)).toThrow(
      expect.objectContaining({ code: 'NOT_CANONICALIZABLE', detail: expect.objectContaining({ path }) }),
    )
  })

  it('is the same for every order of members, and differs for different values', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.integer()), fc.nat(), (members, seed) => {
        const entries = Object.entries(members)
        const turned = [...entries.slice(seed % (entries.length + 1)), ...entries.slice(0, seed % (entries.length + 1))]
        expect(canonicalizeOlpc(Object.fromEntries(turned))).toEqual(canonicalizeOlpc(members))
        expect(canonicalizeOlpc({ ...members, more: 1 })).not.toEqual(canonicalizeOlpc({ ...members, more: 2 }))
      }),
    )
  })
})

describe('serializeOlpcJson', () => {
  it('writes JSON that reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
        const exact = value as ExactJsonValue
        try {
          canonicalizeOlpc(exact)
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError)
          return
        }
        expect(canonicalizeOlpc(parseExact(serializeOlpcJson(exact)))).toEqual(canonicalizeOlpc(exact))
      }),
    )
  })
})
