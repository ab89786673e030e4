/** Ed25519 public keys in every form, both ways. @module */

import {
  createEd25519Signer,
  fromHex,
  ParseError,
  publicKeyFromBytes,
  publicKeyFromJwk,
  publicKeyFromPem,
  publicKeyFromSecuresystemslib,
  publicKeyToJwk,
  publicKeyToPem,
  publicKeyToSecuresystemslib,
  toBase64Url,
  toHex,
  utf8Encode,
  verifySignature,
  type PublicKey,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { TRIVIAL_SIGNATURE, WEAK_KEYS } from './crypto/provider-suite.ts'
import { testSigner } from './test-keys.ts'

const { publicKey } = await testSigner(1)
const { publicKey: otherKey } = await testSigner(2)

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe.each([
  ['bytes', (key: PublicKey) => publicKeyFromBytes(key.bytes)],
  ['PEM', (key: PublicKey) => publicKeyFromPem(publicKeyToPem(key))],
  ['JWK', (key: PublicKey) => publicKeyFromJwk(publicKeyToJwk(key))],
  ['securesystemslib form', (key: PublicKey) => publicKeyFromSecuresystemslib(publicKeyToSecuresystemslib(key))],
])('a key in %s', (_, roundTrip) => {
  it('comes back as the same key', async () => {
    const property = fc.asyncProperty(seeds, async (seed) => {
      const { publicKey: key } = await createEd25519Signer(seed)
      expect(roundTrip(key)).toEqual(key)
    })
    await fc.assert(property, { numRuns: 20 })
  })
})

describe('known keys', () => {
  it('the key of RFC 8037 appendix A has this JWK and this PEM', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }
    const key = publicKeyFromJwk(jwk)
    expect(toHex(key.bytes)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
    expect(publicKeyToJwk(key)).toEqual(jwk)
    expect(publicKeyToPem(key)).toBe(
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n',
    )
  })

  it('the example of RFC 8410 section 10.1 is read', () => {
    const pem =
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n'
    const hex = '19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1'
    expect(toHex(publicKeyFromPem(pem).bytes)).toBe(hex)
    expect(toHex(publicKeyFromPem(pem.replaceAll('\n', '\r\n')).bytes)).toBe(hex)
  })
})

describe('a keyid', () => {
  it('is 64 hex digits, another one for another key, and another one in the legacy form', () => {
    const ids = [publicKey.keyid, publicKey.legacyKeyid, otherKey.keyid, otherKey.legacyKeyid]
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(ids).size).toBe(4)
  })

  it('that a securesystemslib key claims is not looked at', () => {
    const claimed = { ...publicKeyToSecuresystemslib(publicKey), keyid: otherKey.keyid }
    expect(publicKeyFromSecuresystemslib(claimed).keyid).toBe(publicKey.keyid)
  })
})

it('a key does not change with the bytes it was made of', () => {
  const bytes = Uint8Array.from(publicKey.bytes)
  const key = publicKeyFromBytes(bytes)
  bytes.fill(0)
  expect(key).toEqual(publicKey)
})

describe('keys that are refused', () => {
  it.each(WEAK_KEYS)('a key %s, in every form', (_, hex) => {
    const refusal = expect.objectContaining({ code: 'KEY_INVALID' })
    const bytes = fromHex(hex)
    expect(() => publicKeyFromBytes(bytes)).toThrow(refusal)
    expect(() => publicKeyFromJwk({ kty: 'OKP', crv: 'Ed25519', x: toBase64Url(bytes) })).toThrow(refusal)
    expect(() =>
      publicKeyFromSecuresystemslib({ keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } }),
    ).toThrow(refusal)
  })

  it.each([0, 31, 33, 64])('a key of %i bytes', (length) => {
    expect(() => publicKeyFromBytes(new Uint8Array(length).fill(7))).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    )
  })

  it.each([
    ['nothing', ''],
    ['no armour', 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE='],
    ['another label', publicKeyToPem(publicKey).replaceAll('PUBLIC', 'PRIVATE')],
    ['labels that differ', publicKeyToPem(publicKey).replace('END PUBLIC', 'END PRIVATE')],
    ['two blocks', publicKeyToPem(publicKey) + publicKeyToPem(otherKey)],
    ['something in front', `hello\n${publicKeyToPem(publicKey)}`],
    ['something behind', `${publicKeyToPem(publicKey)}hello`],
    ['characters that are no base64', publicKeyToPem(publicKey).replace('MCow', 'M*ow')],
    ['base64 with a padding too much', publicKeyToPem(publicKey).replace('=', '==')],
    [
      'a key that is cut short',
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7\n-----END PUBLIC KEY-----\n',
    ],
    [
      'an X25519 key',
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    ],
  ])('a PEM with %s', (_, pem) => {
    expect(() => publicKeyFromPem(pem)).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }))
  })

  const jwk = publicKeyToJwk(publicKey)
  it.each([
    ['null', null, ''],
    ['a text', 'key', ''],
    ['another key type', { ...jwk, kty: 'EC' }, 'kty'],
    ['another curve', { ...jwk, crv: 'X25519' }, 'crv'],
    ['no x', { kty: 'OKP', crv: 'Ed25519' }, 'x'],
    ['an x with padding', { ...jwk, x: `${jwk.x}=` }, 'x'],
    ['an x that is too short', { ...jwk, x: jwk.x.slice(1) }, 'x'],
    ['a private part', { ...jwk, d: jwk.x }, 'd'],
  ])('a JWK that is or has %s', (_, value, path) => {
    expect(() => publicKeyFromJwk(value)).toThrow(
      expect.objectContaining({
        code: 'DOCUMENT_INVALID',
        detail: expect.objectContaining({ problems: [expect.objectContaining({ path })] }),
      }),
    )
  })

  it('a JWK whose x spells bits that are not there', () => {
    const x = `${jwk.x.slice(0, -1)}${jwk.x.endsWith('B') ? 'C' : 'B'}`
    expect(() => publicKeyFromJwk({ ...jwk, x })).toThrow(ParseError)
  })

  const wire = publicKeyToSecuresystemslib(publicKey)
  it.each([
    ['another type', { ...wire, keytype: 'rsa' }, 'keytype'],
    ['another scheme', { ...wire, scheme: 'ed25519ph' }, 'scheme'],
    ['capital digits', { ...wire, keyval: { public: wire.keyval.public.toUpperCase() } }, 'keyval.public'],
    ['no value', { ...wire, keyval: {} }, 'keyval.public'],
  ])('a securesystemslib key with %s', (_, value, path) => {
    expect(() => publicKeyFromSecuresystemslib(value)).toThrow(
      expect.objectContaining({
        code: 'DOCUMENT_INVALID',
        detail: expect.objectContaining({ problems: [expect.objectContaining({ path })] }),
      }),
    )
  })
})

describe('verifySignature', () => {
  it('takes what the key signed, and nothing else', async () => {
    const signer = await testSigner(1)
    const message = utf8Encode('message')
    const signature = await signer.sign(message)
    expect(await verifySignature(publicKey, message, signature)).toBe(true)
    expect(await verifySignature(otherKey, message, signature)).toBe(false)
    expect(await verifySignature(publicKey, utf8Encode('massage'), signature)).toBe(false)
    expect(await verifySignature(publicKey, message, TRIVIAL_SIGNATURE)).toBe(false)
  })
})
