/** What both implementations behind `#crypto` must do alike. @module */

import { fromHex, toHex, utf8Encode } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import type * as node from '../../src/crypto/node.ts'
import rfc8032 from '../vectors/rfc8032-ed25519.json' with { type: 'json' }

/** What `#crypto` offers. */
export type CryptoProvider = typeof node

/** The order of the group: a signature's second half has to be below it (RFC 8032, section 5.1.7). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** Keys of small order and keys with a coordinate past the field's prime, under which a trivial signature fits anything. */
export const WEAK_KEYS = [
  ['of order 1', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['of order 1, sign bit set', '0100000000000000000000000000000000000000000000000000000000000080'],
  ['of order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['of order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['of order 4, sign bit set', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['of order 8, sign bit set', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['of order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['that spells 0 as the prime', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['that spells 1 as the prime and 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['past the prime, sign bit set', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
] as const

/** R is the neutral element, S is 0: what ZIP215 takes under a key of small order. */
export const TRIVIAL_SIGNATURE: Uint8Array = fromHex(`01${'00'.repeat(63)}`)

/** Runs the suite on one implementation. */
export function describeCryptoProvider(name: string, provider: CryptoProvider): void {
  describe(`${name} as #crypto`, () => {
    const digest = (algorithm: 'sha256' | 'sha512', ...parts: Uint8Array[]): string => {
      const hash = provider.createHash(algorithm)
      for (const part of parts) hash.update(part)
      return toHex(hash.digest())
    }

    it.each([
      ['sha256', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      [
        'sha512',
        'abc',
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      ],
    ] as const)('gives the %s of %j that FIPS 180-4 publishes', (algorithm, text, expected) => {
      expect(digest(algorithm, utf8Encode(text))).toBe(expected)
      if (algorithm === 'sha256') expect(toHex(provider.hashSha256(utf8Encode(text)))).toBe(expected)
    })

    it('hashes parts as it hashes the whole', () => {
      expect(digest('sha256', utf8Encode('a'), new Uint8Array(), utf8Encode('bc'))).toBe(
        digest('sha256', utf8Encode('abc')),
      )
    })

    describe.each(rfc8032.vectors)('RFC 8032 $name', (vector) => {
      const [seed, publicKey, message, signature] = [
        fromHex(vector.seed),
        fromHex(vector.publicKey),
        fromHex(vector.message),
        fromHex(vector.signature),
      ]

      it('gives the public key of the seed', async () => {
        expect(toHex(await provider.derivePublicKey(seed))).toBe(vector.publicKey)
      })
      it('gives the signature', async () => {
        expect(toHex(await provider.signEd25519(seed, message))).toBe(vector.signature)
      })
      it('verifies the signature', async () => {
        expect(await provider.verifyEd25519(publicKey, message, signature)).toBe(true)
      })
      it.each([
        ['another message', publicKey, Uint8Array.of(...message, 0), signature],
        [
          'another key',
          fromHex(rfc8032.vectors[vector.name === 'TEST 1' ? 1 : 0]?.publicKey ?? ''),
          message,
          signature,
        ],
        ['a shorter signature', publicKey, message, signature.subarray(0, 63)],
        ['a longer signature', publicKey, message, Uint8Array.of(...signature, 0)],
        ['no signature', publicKey, message, new Uint8Array()],
        ['a shorter key', publicKey.subarray(0, 31), message, signature],
        ['a signature with the order added to S', publicKey, message, withOrderAdded(signature)],
      ])('refuses %s', async (_, key, text, otherSignature) => {
        expect(await provider.verifyEd25519(key, text, otherSignature)).toBe(false)
      })
    })

    it.each(WEAK_KEYS)('refuses a trivial signature under a key %s', async (_, hex) => {
      expect(await provider.verifyEd25519(fromHex(hex), utf8Encode('anything'), TRIVIAL_SIGNATURE)).toBe(false)
    })

    it('refuses a key that is no point of the curve', async () => {
      const noPoint = fromHex(`02${'00'.repeat(31)}`)
      expect(await provider.verifyEd25519(noPoint, utf8Encode('anything'), TRIVIAL_SIGNATURE)).toBe(false)
    })
  })
}

/** The same signature with S + order for S: RFC 8032 refuses what would be a second signature of the same message. */
function withOrderAdded(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + ORDER
  return Uint8Array.of(...signature.subarray(0, 32), ...fromHex(s.toString(16).padStart(64, '0')).reverse())
}
