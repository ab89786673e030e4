import { existsSync, readFileSync } from 'node:fs'

import {
  createEd25519Signer,
  fromBase64,
  parseJson,
  publicKeyFromJwk,
  publicKeyToJwk,
  toBase64Url,
  verifySignature,
  type JsonObject,
} from '@aibomgen/core'
import * as oracle from '@cyclonedx/sign/jsf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { openJsf, signJsf } from '../src/jsf.ts'

const VECTORS = new URL('../../../../shared/vectors/jsf/', import.meta.url)
const hasVectors = existsSync(VECTORS)
const missing = hasVectors ? '' : ' (skipped: ../shared/vectors/jsf is not beside this repository)'

const seed = new Uint8Array(32).fill(7)
const signer = await createEd25519Signer(seed)
const privateJwk = { ...publicKeyToJwk(signer.publicKey), d: toBase64Url(seed) }

function readVector(name: string): JsonObject {
  const bytes = readFileSync(new URL(name.replaceAll('#', '%23'), VECTORS))
  return parseJson(bytes, { maxBytes: bytes.length }) as JsonObject
}

describe.skipIf(!hasVectors)(`JSF vectors of openkeystore${missing}`, () => {
  const vectorKey = () => {
    const { kid: _, d: __, ...jwk } = readVector('keys/ed25519privatekey.jwk')
    return publicKeyFromJwk(jwk)
  }

  it.each(['cer', 'imp', 'jwk+kid', 'jwk', 'kid'])(
    'verifies ed25519#ed25519@%s.json with the pinned key',
    async (form) => {
      const { signature, message, embedsKey } = openJsf(readVector(`json-signatures/ed25519#ed25519@${form}.json`))
      expect(await verifySignature(vectorKey(), message, signature)).toBe(true)
      expect(embedsKey).toBe(/jwk|cer/.test(form))
    },
  )

  it('signs the vectors’ document as they are signed', async () => {
    const vectorSigner = await createEd25519Signer(fromBase64(readVector('keys/ed25519privatekey.jwk').d as string))
    const signed = readVector('json-signatures/ed25519#ed25519@imp.json')
    const { signature, message } = openJsf(signed)
    expect(await vectorSigner.sign(message)).toEqual(signature)
  })

  it.each([
    ['another algorithm', 'p256#es256@jwk.json', 'ALGORITHM_UNSUPPORTED'],
    ['another Edwards curve', 'ed448#ed448@jwk.json', 'ALGORITHM_UNSUPPORTED'],
    ['several signatures', 'p256#es256,ed25519#ed25519@mult-jwk.json', 'DOCUMENT_INVALID'],
    ['a chain of signatures', 'p256#es256,ed25519#ed25519@chai-jwk.json', 'DOCUMENT_INVALID'],
    ['members left out of the signature', 'p256#es256@excl-jwk.json', 'DOCUMENT_INVALID'],
    ['extensions', 'p256#es256@exts-jwk.json', 'DOCUMENT_INVALID'],
    ['a signature elsewhere', 'p256#es256@name-jwk.json', 'DOCUMENT_INVALID'],
  ])('refuses %s', (_reason, file, code) => {
    expect(() => openJsf(readVector(`json-signatures/${file}`))).toThrow(expect.objectContaining({ code }))
  })
})

const json = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((name) => !['signature', '__proto__'].includes(name)),
  fc.jsonValue({ stringUnit: 'grapheme', noUnicodeString: false } as object),
  { noNullPrototype: true },
)
const isExact = (value: unknown): boolean =>
  typeof value !== 'object' || value === null
    ? typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)
    : Object.values(value).every(isExact)

describe('JSF beside @cyclonedx/sign', () => {
  it('accepts there what is signed here', async () => {
    await fc.assert(
      fc.asyncProperty(json.filter(isExact), async (document) => {
        const signed = await signJsf(document as JsonObject, signer)
        const result = await oracle.verify(structuredClone(signed) as never, {
          publicKey: publicKeyToJwk(signer.publicKey) as never,
        })
        expect(result.valid).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('accepts here what is signed there', async () => {
    await fc.assert(
      fc.asyncProperty(json.filter(isExact), async (document) => {
        const signed = await oracle.sign(document as never, {
          signer: { algorithm: 'Ed25519', privateKey: privateJwk, publicKey: false, keyId: 'k' } as never,
        })
        const { signature, message, keyId } = openJsf(signed)
        expect(await verifySignature(signer.publicKey, message, signature)).toBe(true)
        expect(keyId).toBe('k')
      }),
      { numRuns: 50 },
    )
  })
})

describe('JSF', () => {
  it('names the key and embeds none', async () => {
    const { signature } = await signJsf({ a: 1 }, signer)
    expect(Object.keys(signature as object)).toEqual(['algorithm', 'keyId', 'value'])
    expect(signature).toMatchObject({ algorithm: 'Ed25519', keyId: signer.publicKey.keyid })
  })

  it('covers algorithm and key id', async () => {
    const signed = await signJsf({ a: 1 }, signer)
    const renamed = openJsf({ ...signed, signature: { ...(signed.signature as JsonObject), keyId: 'other' } })
    expect(await verifySignature(signer.publicKey, renamed.message, renamed.signature)).toBe(false)
  })

  it('refuses to sign what is signed already', async () => {
    await expect(signJsf(await signJsf({}, signer), signer)).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' })
  })

  const value = 'A'.repeat(86)
  it.each<[reason: string, signature: unknown, code: string]>([
    ['no signature', undefined, 'DOCUMENT_INVALID'],
    ['a signature that is a list', [], 'DOCUMENT_INVALID'],
    ['no algorithm', { value }, 'DOCUMENT_INVALID'],
    ['an algorithm in other letters', { algorithm: 'ed25519', value }, 'ALGORITHM_UNSUPPORTED'],
    ['no value', { algorithm: 'Ed25519' }, 'DOCUMENT_INVALID'],
    ['padding', { algorithm: 'Ed25519', value: `${value}==` }, 'DOCUMENT_INVALID'],
    ['the standard alphabet', { algorithm: 'Ed25519', value: `+${value.slice(1)}` }, 'DOCUMENT_INVALID'],
    ['a value that is too short', { algorithm: 'Ed25519', value: value.slice(4) }, 'DOCUMENT_INVALID'],
    ['unused bits that are not zero', { algorithm: 'Ed25519', value: `${value.slice(1)}B` }, 'DOCUMENT_INVALID'],
    ['an empty list of signers', { signers: [] }, 'DOCUMENT_INVALID'],
    ['an empty list of exclusions', { algorithm: 'Ed25519', excludes: [], value }, 'DOCUMENT_INVALID'],
    ['a member it does not know', { algorithm: 'Ed25519', crit: ['x'], value }, 'DOCUMENT_INVALID'],
  ])('refuses %s', (_reason, signature, code) => {
    const document = (signature === undefined ? {} : { signature }) as JsonObject
    expect(() => openJsf(document)).toThrow(expect.objectContaining({ code }))
  })
})
