import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  canonicalizeJson,
  createEd25519Signer,
  publicKeyToJwk,
  publicKeyToPem,
  SdkError,
  toBase64Url,
  utf8Encode,
  type JsonObject,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { buildAibom } from '../src/build-aibom.ts'
import { signJsf } from '../src/jsf.ts'
import { lintBom } from '../src/lint.ts'
import { serializeAibom } from '../src/serialize-aibom.ts'
import { signAibom } from '../src/sign.ts'
import { validateBom } from '../src/validate.ts'
import { parseBom, verifyBomSignature, verifyDetachedSignature } from '../src/verify.ts'
import type { LooseDocument } from './loose-document.ts'
import { WINE_FACTS } from './wine-facts.ts'

const signer = await createEd25519Signer(new Uint8Array(32).fill(1))
const stranger = await createEd25519Signer(new Uint8Array(32).fill(2))
const keys = [signer.publicKey]
const bom = buildAibom(WINE_FACTS, { specVersion: '1.6' })
const signed = await signAibom(bom, signer)

/** The signed document with something changed, signature and all as it was. */
function tamper(change: (bom: LooseDocument) => void): Uint8Array {
  const copy = JSON.parse(new TextDecoder().decode(signed.bytes))
  change(copy)
  return serializeAibom(copy)
}

describe('a signed AIBoM', () => {
  it('verifies with the key that signed it, inside and beside', async () => {
    expect(await verifyBomSignature(signed.bytes, [stranger.publicKey, ...keys])).toEqual(parseBom(signed.bytes))
    expect(await verifyDetachedSignature(signed.bytes, signed.signature, keys)).toEqual(signer.publicKey)
    expect(signed.signature.length).toBe(64)
  })

  it.each(['1.6', '1.7'] as const)('is still valid and without findings, in version %s', async (specVersion) => {
    const { bytes } = await signAibom(buildAibom(WINE_FACTS, { specVersion }), signer)
    expect(validateBom(parseBom(bytes))).toEqual([])
    expect(lintBom(parseBom(bytes))).toEqual([])
  })

  it('is the same bytes when signed again', async () => {
    expect(await signAibom(bom, signer)).toEqual(signed)
  })

  it('is text with two spaces, the signature last, and a line feed at the end', () => {
    const text = new TextDecoder().decode(signed.bytes)
    expect(text).toMatch(/^\{\n {2}"\$schema"/)
    expect(text).toMatch(/\n {2}"signature": \{\n[^{}]*\}\n\}\n$/)
  })

  it('still verifies inside when it was only laid out anew, but not beside', async () => {
    const compact = utf8Encode(JSON.stringify(parseBom(signed.bytes)))
    expect(await verifyBomSignature(compact, keys)).toEqual(parseBom(signed.bytes))
    await expect(verifyDetachedSignature(compact, signed.signature, keys)).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    })
  })

  it('passes openssl', () => {
    const directory = mkdtempSync(join(tmpdir(), 'aibomgen-bom-'))
    try {
      const path = (name: string): string => join(directory, name)
      writeFileSync(path('aibom.json'), signed.bytes)
      writeFileSync(path('aibom.sig'), signed.signature)
      writeFileSync(path('issuer.pem'), publicKeyToPem(signer.publicKey))
      const files = ['-inkey', path('issuer.pem'), '-in', path('aibom.json'), '-sigfile', path('aibom.sig')]
      const output = execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-rawin', ...files], { encoding: 'utf8' })
      expect(output).toMatch(/Verified Successfully/)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('verifyBomSignature refuses', () => {
  it.each<[reason: string, change: (bom: LooseDocument) => void, code: string]>([
    ['another time', (bom) => (bom.metadata.timestamp = '2026-11-22T10:01:07Z'), 'SIGNATURE_INVALID'],
    [
      'a digest with one digit changed',
      (bom) => (bom.components[0].hashes[0].content = '0'.repeat(64)),
      'SIGNATURE_INVALID',
    ],
    ['a model card that was added', (bom) => (bom.components[0].modelCard = {}), 'SIGNATURE_INVALID'],
    ['a formula that was added', (bom) => bom.formulation.push({}), 'SIGNATURE_INVALID'],
    ['a property that was added', (bom) => (bom.properties = [{ name: 'x', value: 'y' }]), 'SIGNATURE_INVALID'],
    ['a member that was taken away', (bom) => delete bom.compositions, 'SIGNATURE_INVALID'],
    ['another order of components', (bom) => bom.components.reverse(), 'SIGNATURE_INVALID'],
    ['no signature', (bom) => delete bom.signature, 'SIGNATURE_THRESHOLD'],
    ['no key id', (bom) => delete bom.signature.keyId, 'KEY_NOT_TRUSTED'],
    ['the key id of somebody else', (bom) => (bom.signature.keyId = stranger.publicKey.keyid), 'KEY_NOT_TRUSTED'],
    [
      'a key inside, even the right one',
      (bom) => (bom.signature.publicKey = publicKeyToJwk(signer.publicKey)),
      'KEY_NOT_TRUSTED',
    ],
    ['a certificate inside', (bom) => (bom.signature.certificatePath = ['AAAA']), 'KEY_NOT_TRUSTED'],
    ['members left out of the signature', (bom) => (bom.signature.excludes = ['metadata']), 'DOCUMENT_INVALID'],
    ['several signatures', (bom) => (bom.signature = { signers: [bom.signature] }), 'DOCUMENT_INVALID'],
    ['another algorithm', (bom) => (bom.signature.algorithm = 'HS256'), 'ALGORITHM_UNSUPPORTED'],
  ])('%s', async (_reason, change, code) => {
    await expect(verifyBomSignature(tamper(change), keys)).rejects.toMatchObject({ code })
  })

  it('a stranger’s signature, though its key is inside', async () => {
    const head = { algorithm: 'Ed25519', keyId: signer.publicKey.keyid, publicKey: publicKeyToJwk(stranger.publicKey) }
    const value = toBase64Url(await stranger.sign(canonicalizeJson({ ...bom, signature: head })))
    const bytes = serializeAibom({ ...bom, signature: { ...head, value } } as unknown as JsonObject)
    await expect(verifyBomSignature(bytes, keys)).rejects.toMatchObject({ code: 'KEY_NOT_TRUSTED' })
  })

  it('a stranger’s signature under the right key id', async () => {
    const impostor = { publicKey: signer.publicKey, sign: (message: Uint8Array) => stranger.sign(message) }
    const bytes = serializeAibom(await signJsf(bom, impostor))
    await expect(verifyBomSignature(bytes, keys)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  })

  it('everything when there is no key to believe', async () => {
    await expect(verifyBomSignature(signed.bytes, [])).rejects.toMatchObject({ code: 'KEY_NOT_TRUSTED' })
    await expect(verifyDetachedSignature(signed.bytes, signed.signature, [])).rejects.toMatchObject({
      code: 'SIGNATURE_THRESHOLD',
    })
  })

  it('a detached signature that is too short', async () => {
    const half = signed.signature.slice(0, 32)
    await expect(verifyDetachedSignature(signed.bytes, half, keys)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' })
  })

  it('every change of a byte, with an error of ours', async () => {
    const positions = fc.record({ at: fc.nat(signed.bytes.length - 1), to: fc.integer({ min: 1, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(positions, async ({ at, to }) => {
        const changed = Uint8Array.from(signed.bytes)
        changed[at] = (changed[at] ?? 0) ^ to
        const error = await verifyDetachedSignature(changed, signed.signature, keys).catch((cause: unknown) => cause)
        expect(error).toMatchObject({ code: 'SIGNATURE_INVALID' })
        const outcome = await verifyBomSignature(changed, keys).catch((cause: unknown) => cause)
        // White space inside the document is all that JSF does not cover.
        if (!(outcome instanceof SdkError)) expect(outcome).toEqual(parseBom(signed.bytes))
      }),
      { numRuns: 200 },
    )
  })
})
