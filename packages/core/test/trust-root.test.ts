/** Trust roots, read and written: what they must be, and what is refused. @module */

import {
  addDays,
  canonicalizeJson,
  parseJson,
  ParseError,
  parseTimestamp,
  parseTrustRoot,
  serializeEnvelope,
  signEnvelope,
  signTrustRoot,
  toHex,
  TRUST_ROOT_PAYLOAD_TYPE,
  utf8Encode,
  type JsonObject,
  type TrustRoot,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { jsonValues } from './json-values.ts'
import { testSigner } from './test-keys.ts'
import { testTrustRoot } from './test-trust-root.ts'

const owner = await testSigner(1)
const root = await testTrustRoot()
const signedRoot = await signTrustRoot(root, [owner])
const wire = parseJson(signedRoot.envelope.payload, { maxBytes: 10_000 }) as JsonObject

/** The file of a trust root with this payload, signed by the owner, whatever it says. */
async function fileOf(document: unknown, payloadType: string = TRUST_ROOT_PAYLOAD_TYPE): Promise<Uint8Array> {
  return serializeEnvelope(await signEnvelope({ payloadType, payload: canonicalizeJson(document) }, [owner]))
}

describe('a trust root', () => {
  it('is read back as it was signed', () => {
    expect(parseTrustRoot(serializeEnvelope(signedRoot.envelope))).toEqual(signedRoot)
  })

  it('has the same bytes for the same content', async () => {
    expect((await signTrustRoot(root, [owner])).envelope).toEqual(signedRoot.envelope)
  })

  it('keeps ends and revocations', async () => {
    const at = parseTimestamp('2026-06-01T00:00:00Z')
    const [first, ...others] = root.keys
    if (first === undefined) throw new Error('unreachable')
    const ended = { ...first, validUntil: addDays(at, 30), revoked: { at, reason: 'retired' as const } }
    const { envelope } = await signTrustRoot({ ...root, keys: [ended, ...others] }, [owner])
    expect(parseTrustRoot(serializeEnvelope(envelope)).root.keys[0]).toEqual(ended)
  })
})

describe('parseTrustRoot refuses', () => {
  const ownerKey = {
    keyid: owner.publicKey.keyid,
    public: toHex(owner.publicKey.bytes),
    validFrom: '2026-01-01T00:00:00Z',
  }
  const wireOwner = wire['owner'] as JsonObject
  const [wireKey, otherWireKey] = wire['keys'] as readonly JsonObject[]

  it.each([
    ['another _type', { ...wire, _type: 'https://example.com/' }, 'DOCUMENT_INVALID'],
    ['a member that it does not know', { ...wire, note: 'trust me' }, 'DOCUMENT_INVALID'],
    ['a member of a key that it does not know', { ...wire, keys: [{ ...wireKey, admin: true }] }, 'DOCUMENT_INVALID'],
    ['version 0', { ...wire, version: 0 }, 'DOCUMENT_INVALID'],
    ['a version with a fraction', { ...wire, version: 1.5 }, 'DOCUMENT_INVALID'],
    ['no owner', { ...wire, owner: { keys: [], threshold: 1 } }, 'DOCUMENT_INVALID'],
    ['a threshold of 0', { ...wire, owner: { ...wireOwner, threshold: 0 } }, 'DOCUMENT_INVALID'],
    ['a threshold that nobody can reach', { ...wire, owner: { ...wireOwner, threshold: 2 } }, 'DOCUMENT_INVALID'],
    ['one owner twice', { ...wire, owner: { keys: [ownerKey, ownerKey], threshold: 2 } }, 'DOCUMENT_INVALID'],
    ['one key in two roles', { ...wire, keys: [wireKey, { ...wireKey, role: 'worker' }] }, 'DOCUMENT_INVALID'],
    ['an owner who is a functionary too', { ...wire, keys: [{ ...ownerKey, role: 'issuer' }] }, 'DOCUMENT_INVALID'],
    ['a role that does not exist', { ...wire, keys: [{ ...wireKey, role: 'admin' }] }, 'DOCUMENT_INVALID'],
    ["another key's keyid", { ...wire, keys: [{ ...wireKey, keyid: otherWireKey?.['keyid'] }] }, 'DOCUMENT_INVALID'],
    ['a key that is too short', { ...wire, keys: [{ ...wireKey, public: 'abcd' }] }, 'DOCUMENT_INVALID'],
    ['a weak key', { ...wire, keys: [{ ...wireKey, public: '00'.repeat(32) }] }, 'KEY_INVALID'],
    ['a date that does not exist', { ...wire, issuedAt: '2026-02-30T00:00:00Z' }, 'TIMESTAMP_INVALID'],
    [
      'a key valid from nobody knows when',
      { ...wire, keys: [{ ...wireKey, validFrom: undefined }] },
      'DOCUMENT_INVALID',
    ],
    [
      'a key revoked for an unknown reason',
      { ...wire, keys: [{ ...wireKey, revoked: { at: '2026-06-01T00:00:00Z', reason: 'mood' } }] },
      'DOCUMENT_INVALID',
    ],
    ['a list', [wire], 'DOCUMENT_INVALID'],
  ])('%s', async (_, document, code) => {
    const file = await fileOf(JSON.parse(JSON.stringify(document)))
    expect(() => parseTrustRoot(file)).toThrow(expect.objectContaining({ code }))
  })

  it('another payload type', async () => {
    const file = await fileOf(wire, 'application/vnd.in-toto+json')
    expect(() => parseTrustRoot(file)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it('a bare document without its envelope', () => {
    expect(() => parseTrustRoot(canonicalizeJson(wire))).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it('a mebibyte and more', () => {
    expect(() => parseTrustRoot(new Uint8Array(1024 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })

  it('whatever it refuses with a ParseError', async () => {
    const members = fc.constantFrom(...Object.keys(wire))
    const property = fc.asyncProperty(members, jsonValues, async (member, value) => {
      const file = await fileOf({ ...wire, [member]: value })
      try {
        parseTrustRoot(file)
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
      }
    })
    await fc.assert(property, { numRuns: 200 })
  })

  it('any bytes, with a ParseError', () => {
    const property = fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8Encode)), (bytes) => {
      expect(() => parseTrustRoot(bytes)).toThrow(ParseError)
    })
    fc.assert(property, { numRuns: 300 })
  })
})

describe('signTrustRoot refuses what could not be read back:', () => {
  it.each([
    ['a threshold that nobody can reach', (good: TrustRoot) => ({ ...good, owner: { ...good.owner, threshold: 2 } })],
    ['a threshold of 0', (good: TrustRoot) => ({ ...good, owner: { ...good.owner, threshold: 0 } })],
    ['a key twice', (good: TrustRoot) => ({ ...good, keys: [...good.keys, ...good.keys] })],
    ['no owner', (good: TrustRoot) => ({ ...good, owner: { keys: [], threshold: 1 } })],
    ['version 0', (good: TrustRoot) => ({ ...good, version: 0 })],
  ])('%s', async (_, spoil) => {
    await expect(signTrustRoot(spoil(root), [owner])).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' })
  })
})
