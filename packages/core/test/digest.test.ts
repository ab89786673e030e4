/** Digests of bytes and streams. @module */

import {
  createSha256,
  digestStream,
  parseSha256Hex,
  sha256Hex,
  sha256HexSchema,
  sha512Hex,
  utf8Encode,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

it('sha256Hex and sha512Hex give what FIPS 180-4 publishes', () => {
  expect(sha256Hex(utf8Encode('abc'))).toBe(ABC)
  expect(sha512Hex(utf8Encode('abc'))).toBe(
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  )
})

it('a hasher and a stream give the digest of the whole, however it is cut', async () => {
  const property = fc.asyncProperty(fc.array(fc.uint8Array()), async (parts) => {
    const whole = Uint8Array.from(parts.flatMap((part) => [...part]))
    const hasher = createSha256()
    for (const part of parts) hasher.update(part)
    expect(hasher.digestHex()).toBe(sha256Hex(whole))
    const identity = await digestStream(new Blob(parts.map((part) => part.slice())).stream())
    expect(identity).toEqual({ sha256: sha256Hex(whole), sizeBytes: whole.length })
  })
  await fc.assert(property)
})

describe('a SHA-256 in hex', () => {
  it('is 64 lower-case digits', () => {
    expect(parseSha256Hex(ABC)).toBe(ABC)
    expect(sha256HexSchema.parse(ABC)).toBe(ABC)
  })

  it.each([
    ['empty', ''],
    ['one digit short', ABC.slice(1)],
    ['one digit long', `${ABC}0`],
    ['in capitals', ABC.toUpperCase()],
    ['with a letter that is no digit', `g${ABC.slice(1)}`],
    ['with an algorithm in front', `sha256:${ABC}`],
    ['with a line feed behind', `${ABC}\n`],
  ])('is not what is %s', (_, text) => {
    expect(() => parseSha256Hex(text)).toThrow(expect.objectContaining({ code: 'ENCODING_INVALID' }))
    expect(sha256HexSchema.safeParse(text).success).toBe(false)
  })
})
