/** RFC 8785: published vectors, what has no canonical form, and that one value has one spelling. @module */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

import { canonicalizeJson, fromHex, parseJson, toHex, utf8Decode, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { jsonValues } from './json-values.ts'

const canonical = (value: unknown): string => utf8Decode(canonicalizeJson(value))

const vectors = new URL('../../../../shared/vectors/jcs/', import.meta.url)
const hasVectors = existsSync(vectors)
const names = hasVectors ? readdirSync(new URL('input/', vectors)).map((file) => file.replace('.json', '')) : []

describe.skipIf(!hasVectors)('the RFC 8785 test data (skipped without ../shared/vectors/jcs)', () => {
  it('is there', () => {
    expect(names.length).toBeGreaterThanOrEqual(6)
  })

  it.each(names)('%s comes out byte for byte', (name) => {
    const read = (path: string): Buffer => readFileSync(new URL(path, vectors))
    const bytes = canonicalizeJson(parseJson(read(`input/${name}.json`), { maxBytes: 100_000 }))
    expect(utf8Decode(bytes)).toBe(read(`output/${name}.json`).toString().trimEnd())
    expect(toHex(bytes)).toBe(toHex(fromHex(read(`outhex/${name}.txt`).toString().replaceAll(/\s/g, ''))))
  })
})

describe('numbers, as appendix B of RFC 8785 lists them', () => {
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ])('%s is spelled %s', (hex, text) => {
    const value = new DataView(fromHex(hex).slice().buffer).getFloat64(0)
    expect(canonical(value)).toBe(text)
  })
})

describe('canonicalizeJson', () => {
  it('sorts members by UTF-16 code unit, not by code point', () => {
    expect(canonical({ '\ufb33': 1, '\u{1f600}': 2, '\u20ac': 3, a: 4, A: 5, '': 6 })).toBe(
      '{"":6,"A":5,"a":4,"\u20ac":3,"\u{1f600}":2,"\ufb33":1}',
    )
  })

  it('sorts names that look like numbers as the text they are', () => {
    expect(canonical({ 10: 'b', 9: 'c', 1: 'a' })).toBe('{"1":"a","10":"b","9":"c"}')
  })

  it('keeps __proto__ as the member that it is', () => {
    const text = '{"__proto__":1,"a":2}'
    expect(canonical(parseJson(utf8Encode(text), { maxBytes: 100 }))).toBe(text)
  })

  it('takes objects without a prototype', () => {
    expect(canonical(Object.assign(Object.create(null), { b: 1, a: [] }))).toBe('{"a":[],"b":1}')
  })

  it.each([
    ['a lone high surrogate', { text: '\ud800' }, '/text'],
    ['a lone low surrogate in a member name', { ['x\udc00']: 1 }, '/x\udc00'],
    ['an integer beyond 2^53', [1, 9007199254740992], '/1'],
    ['a negative integer beyond 2^53', -9007199254740993, ''],
    ['NaN', { a: [Number.NaN] }, '/a/0'],
    ['infinity', Infinity, ''],
    ['undefined', { a: undefined }, '/a'],
    ['a hole in an array', new Array(1), '/0'],
    ['a bigint', 1n, ''],
    ['a function', { 'a/b~c': () => 1 }, '/a~1b~0c'],
    ['a symbol', Symbol('s'), ''],
    ['a date', new Date(0), ''],
    ['a map', new Map(), ''],
    ['bytes', new Uint8Array(2), ''],
    ['an instance of a class', new (class Point {})(), ''],
  ])('refuses %s', (_, value, path) => {
    expect(() => canonicalizeJson(value)).toThrow(
      expect.objectContaining({ code: 'NOT_CANONICALIZABLE', detail: expect.objectContaining({ path }) }),
    )
  })

  it('refuses what contains itself', () => {
    const loop: unknown[] = []
    loop.push(loop)
    expect(() => canonicalizeJson(loop)).toThrow(expect.objectContaining({ code: 'NOT_CANONICALIZABLE' }))
  })

  it('is read back as the value that it spells, and spells it the same again', () => {
    const property = fc.property(jsonValues, (value) => {
      const bytes = canonicalizeJson(value)
      const again = parseJson(bytes, { maxBytes: bytes.length })
      expect(again).toEqual(withoutMinusZero(value))
      expect(canonicalizeJson(again)).toEqual(bytes)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('spells different values differently', () => {
    const property = fc.property(jsonValues, jsonValues, (a, b) => {
      const areSame = isDeepStrictEqual(withoutMinusZero(a), withoutMinusZero(b))
      expect(canonical(a) === canonical(b)).toBe(areSame)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('does not depend on the order of members', () => {
    const property = fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
      expect(canonical(Object.fromEntries(Object.entries(object).reverse()))).toBe(canonical(object))
    })
    fc.assert(property)
  })
})

/** JSON knows -0; its canonical form does not. */
function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item: unknown) => (item === 0 ? 0 : item)))
}
