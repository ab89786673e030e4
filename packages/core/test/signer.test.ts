/** Signers of a seed, and seeds in PEM. @module */

import { createEd25519Signer, fromHex, seedFromPem, seedToPem, toHex, verifySignature } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const refusal = expect.objectContaining({ code: 'KEY_INVALID' })

describe('createEd25519Signer', () => {
  it('signs with the key it names', async () => {
    const property = fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array(),
      async (seed, message) => {
        const signer = await createEd25519Signer(seed)
        expect(await verifySignature(signer.publicKey, message, await signer.sign(message))).toBe(true)
      },
    )
    await fc.assert(property, { numRuns: 20 })
  })

  it('keeps its key when the caller wipes the seed', async () => {
    const seed = new Uint8Array(32).fill(1)
    const signer = await createEd25519Signer(seed)
    const before = await signer.sign(seed)
    const message = Uint8Array.from(seed)
    seed.fill(0)
    expect(await signer.sign(message)).toEqual(before)
  })

  it.each([0, 31, 33, 64])('refuses a seed of %i bytes', async (length) => {
    await expect(createEd25519Signer(new Uint8Array(length))).rejects.toThrow(refusal)
  })

  it('does not show its seed', async () => {
    const signer = await createEd25519Signer(new Uint8Array(32).fill(0x5a))
    expect(JSON.stringify(signer)).not.toMatch(/5a5a|90,90|WlpaW/)
  })
})

describe('a seed in PEM', () => {
  it('is what RFC 8410 section 10.3 shows', () => {
    const pem =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n'
    const seed = fromHex('d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842')
    expect(toHex(seedFromPem(pem))).toBe(toHex(seed))
    expect(seedToPem(seed)).toBe(pem)
  })

  it.each([
    ['nothing', ''],
    [
      'a public key',
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    ],
    [
      'an X25519 key',
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n',
    ],
    ['a key that goes on', seedToPem(new Uint8Array(33))],
    ['a key that is cut short', seedToPem(new Uint8Array(31))],
  ])('is not %s', (_, pem) => {
    expect(() => seedFromPem(pem)).toThrow(refusal)
  })
})
