import { SdkError } from '@aibomgen/core'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { createLayout, parseLayout, serializeLayout } from '../src/layout.ts'
import { layoutOf, readCast, stepsOf, type Cast } from './supply-chain.ts'

let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

type Wire = Record<string, unknown> & {
  steps: Record<string, unknown>[]
  keys: Record<string, Record<string, unknown>>
}
const wire = (): Wire => structuredClone(serializeLayout(layoutOf(cast))) as unknown as Wire

describe('parseLayout', () => {
  it('reads what serializeLayout wrote', () => {
    const layout = layoutOf(cast)
    expect(parseLayout(wire())).toEqual(layout)
    expect(serializeLayout(parseLayout(wire()))).toEqual(wire())
  })

  it.each<[string, (layout: Wire) => unknown]>([
    ['no expiry', ({ expires: _, ...rest }) => rest],
    ['an expiry that is a date', (layout) => ({ ...layout, expires: '2027-11-22' })],
    ['an expiry that is no time', (layout) => ({ ...layout, expires: '2027-02-30T00:00:00Z' })],
    ['no inspections member', ({ inspect: _, ...rest }) => rest],
    ['no steps member', ({ steps: _, ...rest }) => rest],
    ['no keys member', ({ keys: _, ...rest }) => rest],
    ['keys as a list', (layout) => ({ ...layout, keys: [] })],
    ['a readme that is a number', (layout) => ({ ...layout, readme: 1 })],
    ['a member that the model does not know', (layout) => ({ ...layout, future: 1 })],
    ['a step member that the model does not know', (layout) => withStep(layout, { future: 1 })],
    ['a step of another type', (layout) => withStep(layout, { _type: 'steq' })],
    ['a slash in a step name', (layout) => withStep(layout, { name: '../write' })],
    ['a backslash in a step name', (layout) => withStep(layout, { name: 'a\\b' })],
    ['an empty step name', (layout) => withStep(layout, { name: '' })],
    ['a step name that stands there twice', (layout) => withStep(layout, { name: 'build' })],
    ['a step name that an inspection has too', (layout) => ({ ...layout, inspect: [inspection('write')] })],
    ['threshold 0', (layout) => withStep(layout, { threshold: 0 })],
    ['a negative threshold', (layout) => withStep(layout, { threshold: -1 })],
    ['a fractional threshold', (layout) => withStep(layout, { threshold: 1.5 })],
    ['true as threshold', (layout) => withStep(layout, { threshold: true })],
    ['no threshold', (layout) => withStep(layout, { threshold: undefined })],
    ['a command that is one word', (layout) => withStep(layout, { expected_command: 'cc' })],
    ['a rule that is text', (layout) => withStep(layout, { expected_products: ['ALLOW *'] })],
    ['a rule nobody knows', (layout) => withStep(layout, { expected_products: [['PERMIT', '*']] })],
    ['a rule without a pattern', (layout) => withStep(layout, { expected_products: [['ALLOW']] })],
    ['a rule with a word too many', (layout) => withStep(layout, { expected_products: [['ALLOW', '*', '*']] })],
    [
      'a MATCH without a step',
      (layout) => withStep(layout, { expected_products: [['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM']] }),
    ],
    [
      'a MATCH with neither side',
      (layout) => withStep(layout, { expected_products: [['MATCH', '*', 'WITH', 'THINGS', 'FROM', 'x']] }),
    ],
    [
      'a key listed under another keyid',
      (layout) => ({ ...layout, keys: { ['0'.repeat(64)]: Object.values(layout.keys)[0] } }),
    ],
    [
      'a key of an algorithm nobody knows',
      (layout) => ({
        ...layout,
        keys: { a: { keyid: 'a', keytype: 'future', scheme: 'future', keyval: { public: '00' } } },
      }),
    ],
  ])('refuses %s', (_reason, change) => {
    expect(() => parseLayout(change(wire()))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(DOCUMENT_INVALID|TIMESTAMP_INVALID)$/) }),
    )
  })

  it('refuses a key that is too short', () => {
    const keys = { a: { keyid: 'a', keytype: 'ed25519', scheme: 'ed25519', keyval: { public: '00'.repeat(32) } } }
    expect(() => parseLayout({ ...wire(), keys })).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  })

  it('knows keys it cannot verify with, and leaves them as they are', () => {
    const rsa = { keyid: 'r', keytype: 'rsa', scheme: 'rsassa-pss-sha256', keyval: { public: 'PEM' } }
    const openpgp = { keyid: 'g', method: 'pgp+rsa-pkcsv1.5', type: 'rsa', hashes: ['pgp+SHA2'], keyval: {} }
    const layout = parseLayout({ ...wire(), keys: { r: rsa, g: openpgp } })
    expect(layout.keys.get('r')).toEqual({ keyid: 'r', algorithm: 'rsa', publicKey: undefined, value: rsa })
    expect(layout.keys.get('g')?.algorithm).toBe('openpgp')
    expect(serializeLayout(layout).keys).toEqual({ r: rsa, g: openpgp })
  })

  it('throws nothing but our errors, whatever it is given', () => {
    const layouts = fc.record({
      _type: fc.constant('layout'),
      expires: fc.string(),
      readme: fc.string(),
      keys: fc.jsonValue(),
      steps: fc.array(fc.jsonValue()),
      inspect: fc.array(fc.jsonValue()),
    })
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), layouts), (value) => {
        try {
          parseLayout(value)
        } catch (error) {
          expect(error).toBeInstanceOf(SdkError)
        }
      }),
    )
  })
})

describe('createLayout', () => {
  it('lists the key of every functionary once, under its keyid', () => {
    expect([...layoutOf(cast).keys.keys()]).toEqual([cast.alice.publicKey.keyid, cast.bob.publicKey.keyid])
  })

  it('refuses a rule that is none', () => {
    const [first] = stepsOf(cast)
    const steps = [
      { ...first, name: 'x', functionaries: [], expectedMaterials: [], expectedProducts: [['REQUIRES', 'a']] },
    ]
    expect(() => createLayout({ expires: layoutOf(cast).expires, steps })).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_INVALID' }),
    )
  })
})

function withStep(layout: Wire, changes: object): Wire {
  const [first, ...others] = layout.steps
  return { ...layout, steps: [{ ...first, ...changes }, ...others] }
}

function inspection(name: string): object {
  return { _type: 'inspection', name, expected_materials: [], expected_products: [], run: ['true'] }
}
