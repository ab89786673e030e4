import { canonicalizeJson, parseJson, SdkError, utf8Encode } from '@aibomgen/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createLink, parseLink, serializeLink } from '../src/link.ts'
import { canonicalizeOlpc } from '../src/olpc-canonical-json.ts'
import { artifact } from './supply-chain.ts'

const SHA256 = 'ab'.repeat(32)
const wire = (changes: object = {}): object => ({
  _type: 'link',
  name: 'build',
  command: ['cc', 'main.c'],
  materials: { 'src/main.c': { sha256: SHA256 } },
  products: {},
  byproducts: { 'return-value': 0 },
  environment: {},
  ...changes,
})
const parseText = (text: string): unknown => parseJson(utf8Encode(text), { maxBytes: 1 << 20, numbers: 'exact' })

describe('parseLink', () => {
  it('reads what serializeLink wrote', () => {
    const link = parseLink(wire())
    expect(serializeLink(link)).toEqual(wire())
    expect(parseLink(serializeLink(link))).toEqual(link)
  })

  it.each<[string, object]>([
    ['another type', { _type: 'layout' }],
    ['a member that the model does not know', { extra: 1 }],
    ['an own member called __proto__', JSON.parse('{"__proto__": {}}') as object],
    ['a name that is no text', { name: 5 }],
    ['an empty name', { name: '' }],
    ['a command that is one word', { command: 'cc main.c' }],
    ['materials as a list', { materials: [] }],
    ['products as null', { products: null }],
    ['byproducts as a list', { byproducts: [] }],
    ['an artifact without digests', { products: { a: {} } }],
    ['digests as text', { products: { a: SHA256 } }],
    ['a digest that is not hex', { products: { a: { sha256: 'zz' } } }],
    ['an empty digest', { products: { a: { sha256: '' } } }],
    ['a name with ..', { products: { 'a/../b': { sha256: SHA256 } } }],
    ['a name with .', { products: { './b': { sha256: SHA256 } } }],
    ['a name with an empty segment', { products: { 'a//b': { sha256: SHA256 } } }],
    ['a name that ends in a slash', { products: { 'a/': { sha256: SHA256 } } }],
    ['two leading slashes', { products: { '//a': { sha256: SHA256 } } }],
    ['the name ..', { products: { '..': { sha256: SHA256 } } }],
  ])('refuses %s', (_reason, changes) => {
    const value = Object.defineProperties(wire(), Object.getOwnPropertyDescriptors(changes))
    expect(() => parseLink(value)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it.each([
    ['a float', '{"t": 1.5}'],
    ['a whole float', '{"t": 1.0}'],
    ['a lone surrogate', '{"t": "\\ud800"}'],
  ])('refuses %s among byproducts', (_reason, json) => {
    const value = wire({ byproducts: parseText(json) })
    expect(() => parseLink(value)).toThrow(expect.objectContaining({ code: 'NOT_CANONICALIZABLE' }))
  })

  it('passes over unknown members where the bytes are signed', () => {
    expect(parseLink(wire({ extra: 1.5 }), { unknownMembers: 'ignore' })).toEqual(parseLink(wire()))
  })

  it('takes absent members as empty', () => {
    expect(parseLink({ _type: 'link', name: 'build' })).toEqual(createLink({ name: 'build' }))
  })

  it('keeps artifacts called like members of Object.prototype, and both spellings of é', () => {
    const text = `{"_type":"link","name":"x","products":{"__proto__":{"sha256":"aa"},"constructor":{"sha256":"bb"},"é":{"sha256":"cc"},"e\u0301":{"sha256":"dd"}}}`
    const link = parseLink(parseText(text))
    expect([...link.products.keys()].sort()).toEqual(['__proto__', 'constructor', 'e\u0301', 'é'])
    expect(Object.keys(serializeLink(link).products as object)).toContain('__proto__')
  })

  it('throws nothing but our errors, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            _type: fc.constant('link'),
            name: fc.string(),
            materials: fc.jsonValue(),
            products: fc.jsonValue(),
            byproducts: fc.jsonValue(),
          }),
        ),
        (value) => {
          try {
            parseLink(value)
          } catch (error) {
            expect(error).toBeInstanceOf(SdkError)
          }
        },
      ),
    )
  })
})

describe('createLink', () => {
  it('gives the same link whatever order facts come in', () => {
    const names = ['a', 'b/c', 'd', 'é', 'ÿ', '😀']
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (order) => {
        const turned = createLink({ name: 'x', products: order.map((name) => artifact(name)) })
        const sorted = createLink({ name: 'x', products: names.map((name) => artifact(name)) })
        expect(canonicalizeOlpc(serializeLink(turned))).toEqual(canonicalizeOlpc(serializeLink(sorted)))
      }),
    )
  })

  it.each([
    ['an artifact twice', { products: [artifact('a'), artifact('a', 'other')] }, 'DOCUMENT_INVALID'],
    ['a name that leads out', { products: [artifact('../a')] }, 'ENCODING_INVALID'],
    ['an absolute name', { materials: [artifact('/a')] }, 'ENCODING_INVALID'],
    ['a float among byproducts', { byproducts: { seconds: 1.5 } }, 'NOT_CANONICALIZABLE'],
  ])('refuses %s', (_reason, facts, code) => {
    expect(() => createLink({ name: 'x', ...facts })).toThrow(expect.objectContaining({ code }))
  })

  it('leaves nothing out that is 0 or empty', () => {
    const link = serializeLink(createLink({ name: 'x', byproducts: { 'return-value': 0 } }))
    expect(new TextDecoder().decode(canonicalizeJson(link))).toBe(
      '{"_type":"link","byproducts":{"return-value":0},"command":[],"environment":{},"materials":{},"name":"x","products":{}}',
    )
  })
})
