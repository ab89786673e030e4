/** Signed envelopes: who signed, how many, and that no changed byte passes. @module */

import {
  findSigners,
  pae,
  parseEnvelope,
  ParseError,
  serializeEnvelope,
  signEnvelope,
  utf8Encode,
  VerificationError,
  verifyEnvelope,
  type Envelope,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { TRIVIAL_SIGNATURE } from '../crypto/provider-suite.ts'
import { testSigner } from '../test-keys.ts'

const [alice, bob, carol] = await Promise.all([testSigner(1), testSigner(2), testSigner(3)])
const payloadType = 'application/vnd.in-toto+json'
const payload = utf8Encode('{"_type":"link"}')
const signed = (...signers: (typeof alice)[]): Promise<Envelope> => signEnvelope({ payloadType, payload }, signers)

const threshold = (required: number, verified: number): unknown =>
  expect.objectContaining({
    code: 'SIGNATURE_THRESHOLD',
    detail: { subject: payloadType, required, verified },
  })

describe('verifyEnvelope', () => {
  it('gives the payload once the key has signed it', async () => {
    expect(await verifyEnvelope(await signed(alice), [alice.publicKey], { payloadType })).toEqual(payload)
  })

  it('passes over signatures by keys that nobody asked for', async () => {
    expect(await verifyEnvelope(await signed(carol, alice), [alice.publicKey], { payloadType })).toEqual(payload)
  })

  it('takes keyids for the hints they are', async () => {
    const [signature] = (await signed(alice)).signatures
    if (signature === undefined) throw new Error('unreachable')
    for (const keyid of [undefined, '', alice.publicKey.keyid, alice.publicKey.legacyKeyid]) {
      const envelope = { payloadType, payload, signatures: [{ ...signature, keyid }] }
      expect(await verifyEnvelope(envelope, [bob.publicKey, alice.publicKey], { payloadType })).toEqual(payload)
    }
  })

  it("does not count one key's signature under another key's keyid", async () => {
    const [signature] = (await signed(alice)).signatures
    if (signature === undefined) throw new Error('unreachable')
    const envelope = { payloadType, payload, signatures: [{ ...signature, keyid: bob.publicKey.keyid }] }
    await expect(verifyEnvelope(envelope, [alice.publicKey, bob.publicKey], { payloadType })).rejects.toThrow(
      threshold(1, 0),
    )
  })

  it.each([
    ['nobody', [], 0],
    ['somebody else', [carol], 0],
    ['one', [alice], 1],
    ['the same one twice', [alice, alice], 1],
    ['one and somebody else', [alice, carol], 1],
  ])('refuses an envelope that two must sign, signed by %s', async (_, signers, verified) => {
    const envelope = await signed(...signers)
    const keys = [alice.publicKey, bob.publicKey]
    await expect(verifyEnvelope(envelope, keys, { payloadType, threshold: 2 })).rejects.toThrow(threshold(2, verified))
  })

  it('counts one key once, under whatever keyids and however often it is trusted', async () => {
    const { signatures } = await signed(alice, alice, alice)
    const keyids = [alice.publicKey.keyid, alice.publicKey.legacyKeyid, undefined]
    const envelope = {
      payloadType,
      payload,
      signatures: signatures.map((signature, index) => ({ ...signature, keyid: keyids[index] })),
    }
    const keys = [alice.publicKey, alice.publicKey]
    await expect(verifyEnvelope(envelope, keys, { payloadType, threshold: 2 })).rejects.toThrow(threshold(2, 1))
  })

  it('takes an envelope that two must sign, signed by two', async () => {
    const envelope = await signed(bob, alice)
    const keys = [alice.publicKey, bob.publicKey]
    expect(await verifyEnvelope(envelope, keys, { payloadType, threshold: 2 })).toEqual(payload)
  })

  it('refuses everything when no key is trusted', async () => {
    await expect(verifyEnvelope(await signed(alice), [], { payloadType })).rejects.toThrow(threshold(1, 0))
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses to be asked for %d signatures', async (asked) => {
    const envelope = await signed(alice)
    await expect(verifyEnvelope(envelope, [alice.publicKey], { payloadType, threshold: asked })).rejects.toThrow(
      TypeError,
    )
  })

  it('refuses another payload type than asked for, though it was signed', async () => {
    await expect(
      verifyEnvelope(await signed(alice), [alice.publicKey], { payloadType: 'text/plain' }),
    ).rejects.toMatchObject({
      code: 'PAYLOAD_TYPE_MISMATCH',
      detail: { expected: 'text/plain', actual: payloadType },
    })
  })

  it('refuses a signature over the bare payload', async () => {
    const envelope = { payloadType, payload, signatures: [{ signature: await alice.sign(payload) }] }
    await expect(verifyEnvelope(envelope, [alice.publicKey], { payloadType })).rejects.toThrow(threshold(1, 0))
  })

  it('takes a signature over type and payload by whoever computed it', async () => {
    const signature = await alice.sign(pae(payloadType, payload))
    const envelope = { payloadType, payload, signatures: [{ signature }] }
    expect(await verifyEnvelope(envelope, [alice.publicKey], { payloadType })).toEqual(payload)
  })

  it.each([
    ['empty', new Uint8Array()],
    ['of 63 bytes', new Uint8Array(63)],
    ['of 65 bytes', new Uint8Array(65)],
    ['trivial', TRIVIAL_SIGNATURE],
  ])('refuses a signature that is %s', async (_, signature) => {
    const envelope = { payloadType, payload, signatures: [{ signature }] }
    await expect(verifyEnvelope(envelope, [alice.publicKey], { payloadType })).rejects.toThrow(threshold(1, 0))
  })

  it('refuses every envelope of which one byte of type, payload or signature was changed', async () => {
    const original = await signed(alice)
    const property = fc.asyncProperty(
      fc.constantFrom('payload', 'signature', 'type'),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (what, at, mask) => {
        const changed = (bytes: Uint8Array): Uint8Array =>
          bytes.map((byte, index) => (index === at % bytes.length ? byte ^ mask : byte))
        const envelope: Envelope = {
          payloadType: what === 'type' ? `${payloadType}${mask}` : payloadType,
          payload: what === 'payload' ? changed(payload) : payload,
          signatures: original.signatures.map(({ keyid, signature }) => ({
            keyid,
            signature: what === 'signature' ? changed(signature) : signature,
          })),
        }
        await expect(
          verifyEnvelope(envelope, [alice.publicKey], { payloadType: envelope.payloadType }),
        ).rejects.toThrow(VerificationError)
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })

  it('gives the signed payload or refuses, whatever byte of the file was changed', async () => {
    const file = serializeEnvelope(await signed(alice))
    const property = fc.asyncProperty(
      fc.nat({ max: file.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const mutated = file.map((byte, index) => (index === at ? byte ^ mask : byte))
        try {
          expect(await verifyEnvelope(parseEnvelope(mutated), [alice.publicKey], { payloadType })).toEqual(payload)
        } catch (error) {
          expect(error instanceof ParseError || error instanceof VerificationError, String(error)).toBe(true)
        }
      },
    )
    await fc.assert(property, { numRuns: 300 })
  })
})

describe('signEnvelope', () => {
  it('signs with everybody, in their order, under their keyids', async () => {
    const { signatures } = await signed(bob, alice)
    expect(signatures.map(({ keyid }) => keyid)).toEqual([bob.publicKey.keyid, alice.publicKey.keyid])
  })

  it('gives the same bytes for the same payload and key', async () => {
    expect(serializeEnvelope(await signed(alice))).toEqual(serializeEnvelope(await signed(alice)))
  })
})

describe('findSigners', () => {
  it('names who signed, of those asked for', async () => {
    const signers = await findSigners(await signed(alice, carol), [alice.publicKey, bob.publicKey])
    expect([...signers]).toEqual([alice.publicKey.keyid])
  })
})
