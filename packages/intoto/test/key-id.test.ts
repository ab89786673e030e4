import { describe, expect, it } from 'vitest'

import { keyIdOf, keyObjectFromPem, legacyKeyIdOf, type KeyObject } from '../src/key-id.ts'
import { readVectors } from './vectors.ts'

const VECTORS = readVectors<{ pem: string; key: KeyObject & { keyid: string }; keyid: string; legacy_keyid: string }>(
  'keyid',
)

describe('keyIdOf, legacyKeyIdOf, keyObjectFromPem', () => {
  it.each(VECTORS.map((vector) => [`${vector.key.scheme} ${vector.keyid.slice(0, 8)}`, vector] as const))(
    'agree with securesystemslib on %s',
    (_name, { pem, key, keyid, legacy_keyid }) => {
      const { keyid: listed, ...identity } = key
      expect(listed).toBe(keyid)
      expect(keyIdOf(key)).toBe(keyid)
      expect(legacyKeyIdOf(key)).toBe(legacy_keyid)
      expect(keyObjectFromPem(pem, key.scheme)).toEqual(identity)
    },
  )

  it('takes the default scheme of the algorithm unless told otherwise', () => {
    const schemes = VECTORS.map(({ pem }) => keyObjectFromPem(pem).scheme)
    expect(new Set(schemes)).toEqual(
      new Set(['ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'rsassa-pss-sha256']),
    )
  })

  it('refuses an algorithm it does not know', () => {
    // X25519, which signs nothing.
    const pem = `-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAHF+gMKf/q07UGYxjGb3X2MkFOC0yY1927fL8gGNiyPM=\n-----END PUBLIC KEY-----\n`
    expect(() => keyObjectFromPem(pem)).toThrow(expect.objectContaining({ code: 'ALGORITHM_UNSUPPORTED' }))
  })

  it('refuses what is no PEM', () => {
    expect(() => keyObjectFromPem('hello')).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  })
})
