/** Both implementations behind `#crypto`: each alone, and each against the other. @module */

import * as current from '#crypto'
import { publicKeyFromBytes } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'

import * as node from '../../src/crypto/node.ts'
import * as portable from '../../src/crypto/portable.ts'
import { describeCryptoProvider } from './provider-suite.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cryptoProvider?: 'portable'
  }
}

describeCryptoProvider('node:crypto', node)
describeCryptoProvider('noble', portable)

it('resolves #crypto to the implementation that this run is for', () => {
  const expected = inject('cryptoProvider') === 'portable' ? portable : node
  expect(current.signEd25519).toBe(expected.signEd25519)
})

describe('node:crypto and noble', () => {
  const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const messages = fc.uint8Array({ maxLength: 300 })

  it('derive the same key and make the same signature', async () => {
    const property = fc.asyncProperty(seeds, messages, async (seed, message) => {
      expect(await node.derivePublicKey(seed)).toEqual(await portable.derivePublicKey(seed))
      expect(await node.signEd25519(seed, message)).toEqual(await portable.signEd25519(seed, message))
    })
    await fc.assert(property, { numRuns: 40 })
  })

  it('agree that a signature is false once any bit of key, message or signature is changed', async () => {
    const change = fc.record({ what: fc.nat({ max: 2 }), at: fc.nat(), bit: fc.nat({ max: 7 }) })
    const property = fc.asyncProperty(
      seeds,
      fc.uint8Array({ minLength: 1, maxLength: 100 }),
      change,
      async (seed, message, { what, at, bit }) => {
        const publicKey = await node.derivePublicKey(seed)
        const inputs = [publicKey, message, await node.signEd25519(seed, message)] as const
        const [key, text, signature] = inputs.map((bytes, index) => (index === what ? flipped(bytes, at, bit) : bytes))
        if (key === undefined || text === undefined || signature === undefined) throw new Error('unreachable')
        expect(await node.verifyEd25519(key, text, signature)).toBe(false)
        expect(await portable.verifyEd25519(key, text, signature)).toBe(false)
      },
    )
    await fc.assert(property, { numRuns: 60 })
  })

  it('agree about any key and signature at all', async () => {
    const signatures = fc.uint8Array({ minLength: 60, maxLength: 68 })
    const keys = fc.uint8Array({ minLength: 30, maxLength: 34 })
    const property = fc.asyncProperty(keys, messages, signatures, async (key, message, signature) => {
      const verdict = await node.verifyEd25519(key, message, signature)
      expect(await portable.verifyEd25519(key, message, signature)).toBe(verdict)
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('hash alike, however the bytes are cut', () => {
    const property = fc.property(fc.constantFrom('sha256', 'sha512'), fc.array(messages), (algorithm, parts) => {
      const hashes = [node.createHash(algorithm), portable.createHash(algorithm)] as const
      for (const part of parts) for (const hash of hashes) hash.update(part)
      expect(hashes[0].digest()).toEqual(hashes[1].digest())
    })
    fc.assert(property)
  })

  it('call the keys of fresh seeds strong', async () => {
    const property = fc.asyncProperty(seeds, async (seed) => {
      expect(publicKeyFromBytes(await node.derivePublicKey(seed)).bytes).toHaveLength(32)
    })
    await fc.assert(property, { numRuns: 40 })
  })
})

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const other = Uint8Array.from(bytes)
  const index = at % bytes.length
  other[index] = (other[index] ?? 0) ^ (1 << bit)
  return other
}
