/** DSSE's pre-authentication encoding, against published vectors. @module */

import { existsSync, readFileSync } from 'node:fs'

import { fromBase64, pae, toHex, utf8Decode, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import published from '../vectors/dsse-hello-world.json' with { type: 'json' }

interface PaeVector {
  readonly type: string
  readonly payload_b64: string
  readonly pae_hex: string
}

const vectorsFile = new URL('../../../../vectors/intoto/_vectors/pae.json', import.meta.url)
const hasVectors = existsSync(vectorsFile)
const vectors = hasVectors ? (JSON.parse(readFileSync(vectorsFile, 'utf8')) as PaeVector[]) : []

describe('pae', () => {
  it("is what DSSE's own test vector shows", () => {
    expect(utf8Decode(pae(published.payloadType, utf8Encode(published.payload)))).toBe(published.pae)
  })

  it.skipIf(!hasVectors)('is what securesystemslib makes (skipped without vectors/intoto)', () => {
    expect(vectors.length).toBeGreaterThan(10)
    for (const { type, payload_b64, pae_hex } of vectors) {
      expect(toHex(pae(type, fromBase64(payload_b64))), type).toBe(pae_hex)
    }
  })

  it('counts bytes, not characters', () => {
    expect(utf8Decode(pae('ü', utf8Encode('€')))).toBe('DSSEv1 2 ü 3 €')
  })

  it('is another one for every other pair of type and payload', () => {
    const pairs = fc.record({
      type: fc.string({ unit: fc.constantFrom('a', ' ', '1') }),
      text: fc.string({ unit: fc.constantFrom('a', ' ', '1') }),
    })
    const property = fc.property(pairs, pairs, (a, b) => {
      const areSame = a.type === b.type && a.text === b.text
      expect(toHex(pae(a.type, utf8Encode(a.text))) === toHex(pae(b.type, utf8Encode(b.text)))).toBe(areSame)
    })
    fc.assert(property, { numRuns: 500 })
  })
})
