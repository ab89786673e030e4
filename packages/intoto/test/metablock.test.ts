import { parseJson, SdkError, utf8Decode, utf8Encode, verifySignature } from '@aibomgen/core'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { createLink, parseLink } from '../src/link.ts'
import { metablockMessage, parseMetablock, signMetablock, verifyMetablockSignatures } from '../src/metablock.ts'
import { artifact, HONEST_LINKS, readCast, type Cast } from './supply-chain.ts'

const LINK = createLink({ ...HONEST_LINKS.build, byproducts: { stdout: 'tab\there "é" 😀 \\', 'return-value': 0 } })
const SIG = 'ab'.repeat(64)
let cast: Cast
beforeAll(async () => {
  cast = await readCast()
})

const file = (value: unknown): Uint8Array => utf8Encode(JSON.stringify(value))

describe('signMetablock', () => {
  it('writes a file that reads back as the link and verifies', async () => {
    const metablock = parseMetablock(await signMetablock(LINK, [cast.alice]))
    const signed = await verifyMetablockSignatures(metablock, [cast.alice.publicKey], 1)
    expect(parseLink(signed)).toEqual(LINK)
  })

  it('writes the same bytes each time, with lower-case hex signatures and one line feed at the end', async () => {
    const [first, second] = await Promise.all([signMetablock(LINK, [cast.alice]), signMetablock(LINK, [cast.alice])])
    expect(first).toEqual(second)
    const text = utf8Decode(first)
    expect(text.indexOf('\n')).toBe(text.length - 1)
    expect(text).toMatch(/"sig":"[0-9a-f]{128}"/)
  })

  it('lists one signature under both keyids when asked to', async () => {
    const bytes = await signMetablock(LINK, [cast.owner], { legacyKeyids: true })
    const { signatures } = parseMetablock(bytes)
    expect(signatures.map(({ keyid }) => keyid)).toEqual([cast.owner.publicKey.keyid, cast.owner.publicKey.legacyKeyid])
    expect(signatures[0]?.signature).toEqual(signatures[1]?.signature)
  })
})

describe('parseMetablock', () => {
  it.each<[string, unknown]>([
    ['no object', []],
    ['no signed', { signatures: [] }],
    ['no signatures', { signed: {} }],
    ['signed that is text', { signed: 'x', signatures: [] }],
    ['a signature that is text', { signed: {}, signatures: ['x'] }],
    ['a signature without sig', { signed: {}, signatures: [{ keyid: 'a' }] }],
    ['a signature without keyid', { signed: {}, signatures: [{ sig: SIG }] }],
    ['a signature in base64', { signed: {}, signatures: [{ keyid: 'a', sig: 'q82r' }] }],
    ['an odd number of hex digits', { signed: {}, signatures: [{ keyid: 'a', sig: 'abc' }] }],
    ['more signatures than anybody makes', { signed: {}, signatures: Array(65).fill({ keyid: 'a', sig: 'aa' }) }],
  ])('refuses %s', (_reason, value) => {
    expect(() => parseMetablock(file(value))).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it('refuses a duplicate member, also where nobody looks', () => {
    const text = '{"signed":{"_type":"link","name":"x","byproducts":{"t":1,"t":2}},"signatures":[]}'
    expect(() => parseMetablock(utf8Encode(text))).toThrow(expect.objectContaining({ code: 'JSON_INVALID' }))
  })

  it('leaves OpenPGP signatures out', () => {
    const signatures = [
      { keyid: 'g', signature: 'ab', other_headers: '04' },
      { keyid: 'a', sig: SIG.toUpperCase() },
    ]
    expect(parseMetablock(file({ signed: {}, signatures })).signatures.map(({ keyid }) => keyid)).toEqual(['a'])
  })

  it('throws nothing but our errors, whatever bytes it is given', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.json().map(utf8Encode),
      fc.jsonValue().map((signed) => file({ signed, signatures: [] })),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          metablockMessage(parseMetablock(bytes).signed)
        } catch (error) {
          expect(error).toBeInstanceOf(SdkError)
        }
      }),
    )
  })
})

describe('verifyMetablockSignatures', () => {
  it('counts one key once, whatever keyids it signed under', async () => {
    const metablock = parseMetablock(await signMetablock(LINK, [cast.owner, cast.owner], { legacyKeyids: true }))
    const { publicKey } = cast.owner
    await expect(verifyMetablockSignatures(metablock, [publicKey, publicKey], 2)).rejects.toMatchObject({
      code: 'SIGNATURE_THRESHOLD',
      detail: { required: 2, verified: 1 },
    })
  })

  it('takes a good signature beside a bad one of the same key', async () => {
    const metablock = parseMetablock(await signMetablock(LINK, [cast.owner]))
    const { keyid } = cast.owner.publicKey
    const signatures = [{ keyid, signature: new Uint8Array(64) }, ...metablock.signatures]
    await expect(
      verifyMetablockSignatures({ ...metablock, signatures }, [cast.owner.publicKey], 1),
    ).resolves.toBeDefined()
  })

  it('refuses a signature under a keyid that is not its key’s', async () => {
    const metablock = parseMetablock(await signMetablock(LINK, [cast.owner]))
    const signatures = metablock.signatures.map((signature) => ({ ...signature, keyid: cast.bob.publicKey.keyid }))
    await expect(
      verifyMetablockSignatures({ ...metablock, signatures }, [cast.owner.publicKey], 1),
    ).rejects.toMatchObject({ code: 'SIGNATURE_THRESHOLD' })
  })

  it.each([0, -1, 0.5, Number.NaN])('refuses threshold %d, which nobody’s signature would meet', async (threshold) => {
    const metablock = parseMetablock(await signMetablock(LINK, [cast.owner]))
    await expect(verifyMetablockSignatures(metablock, [cast.owner.publicKey], threshold)).rejects.toMatchObject({
      code: 'USAGE',
    })
  })

  it('fails once any byte of the signed object or the signature is another', async () => {
    const bytes = await signMetablock(createLink({ name: 'x', products: [artifact('a')] }), [cast.alice])
    const honest = metablockMessage(parseMetablock(bytes).signed)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), async (position, flip) => {
        const changed = Uint8Array.from(bytes, (byte, index) => (index === position ? byte ^ flip : byte))
        await expect(verifyStrictly(changed, honest)).rejects.toBeInstanceOf(SdkError)
      }),
    )
  })

  it('covers what the reference covers: a number beyond 2^53 is a number', async () => {
    const signed = parseJson(utf8Encode('{"_type":"link","name":"x","byproducts":{"t":12345678901234567890123}}'), {
      maxBytes: 1 << 10,
      numbers: 'exact',
    })
    const bytes = await signMetablock(parseLink(signed), [cast.alice])
    expect(utf8Decode(bytes)).toContain('12345678901234567890123')
    const { signed: read, signatures } = parseMetablock(bytes)
    const signature = signatures[0]?.signature ?? new Uint8Array()
    expect(await verifySignature(cast.alice.publicKey, metablockMessage(read), signature)).toBe(true)
  })
})

/** Upper-case hex and JSON's own freedom of spelling change bytes and not the meaning: those are no attack. */
async function verifyStrictly(bytes: Uint8Array, honest: Uint8Array): Promise<void> {
  const metablock = parseMetablock(bytes)
  await verifyMetablockSignatures(metablock, [cast.alice.publicKey], 1)
  if (utf8Decode(metablockMessage(metablock.signed)) === utf8Decode(honest)) {
    throw new SameMeaning()
  }
}

class SameMeaning extends SdkError {
  constructor() {
    super('SAME_MEANING', 'the change means nothing', {})
  }
}
