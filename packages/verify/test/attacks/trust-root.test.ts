/** Keys and times: older trust roots, keys out of season, keys that were stolen. @module */

import { addDays, parseTimestamp, type FunctionaryTenure, type SignedTrustRoot } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { createStranger, failures, loadRelease, loadTrustRoot, TODAY, verify } from './release.ts'

/** The trust root with the keys of one role changed. What a verifier holds is believed: it need not be signed. */
function withRole(role: string, change: (tenure: FunctionaryTenure) => FunctionaryTenure): SignedTrustRoot {
  const held = loadTrustRoot()
  const keys = held.root.keys.map((tenure) => (tenure.role === role ? change(tenure) : tenure))
  return { ...held, root: { ...held.root, keys } }
}

describe('an older trust root', () => {
  it('by itself: does not know the worker', async () => {
    const report = await verify(loadRelease(), { trustRoot: loadTrustRoot('older') })
    expect(failures(report)).toMatchObject({ 'link-signatures': 'KEY_NOT_TRUSTED' })
  })

  it('where a newer one is held: refused', async () => {
    const report = await verify(loadRelease(), { trustRoot: loadTrustRoot('older'), heldTrustRoot: loadTrustRoot() })
    expect(failures(report)).toEqual({ 'layout-signature': 'TRUST_ROOT_ROLLBACK' })
  })

  it('of somebody else: nothing in the release counts', async () => {
    const held = loadTrustRoot()
    const { publicKey } = await createStranger()
    const owner = { threshold: 1, keys: [{ key: publicKey, validFrom: held.root.issuedAt }] }
    const report = await verify(loadRelease(), { trustRoot: { ...held, root: { ...held.root, owner, keys: [] } } })
    expect(failures(report)).toMatchObject({
      'layout-signature': 'SIGNATURE_THRESHOLD',
      'bom-signature': 'KEY_NOT_TRUSTED',
    })
  })
})

describe('a key in the trust root', () => {
  const before = parseTimestamp('2026-01-01T00:00:00Z')
  const after = parseTimestamp('2030-01-01T00:00:00Z')

  it.each(['intake', 'worker', 'issuer'])('%s, compromised: nothing that it signed counts', async (role) => {
    const trustRoot = withRole(role, (tenure) => ({ ...tenure, revoked: { at: after, reason: 'compromised' } }))
    expect(failures(await verify(loadRelease(), { trustRoot }))).toMatchObject({ 'link-signatures': 'KEY_NOT_TRUSTED' })
  })

  it.each(['intake', 'worker', 'issuer'])('%s, retired before the release: does not count', async (role) => {
    const trustRoot = withRole(role, (tenure) => ({ ...tenure, revoked: { at: before, reason: 'retired' } }))
    expect(failures(await verify(loadRelease(), { trustRoot }))).toMatchObject({ 'link-signatures': 'KEY_NOT_TRUSTED' })
  })

  it.each(['intake', 'worker', 'issuer'])('%s, retired after the release: the release outlives it', async (role) => {
    const trustRoot = withRole(role, (tenure) => ({ ...tenure, revoked: { at: after, reason: 'retired' } }))
    expect((await verify(loadRelease(), { trustRoot })).verdict).toBe('pass')
  })

  it('valid only later: does not count', async () => {
    const trustRoot = withRole('issuer', (tenure) => ({ ...tenure, validFrom: after }))
    expect(failures(await verify(loadRelease(), { trustRoot }))).toMatchObject({ 'bom-signature': 'KEY_NOT_TRUSTED' })
  })

  it('of the right key in another role: does not count', async () => {
    const trustRoot = withRole('worker', (tenure) => ({ ...tenure, role: 'intake' }))
    expect(failures(await verify(loadRelease(), { trustRoot }))).toMatchObject({ 'link-signatures': 'KEY_NOT_TRUSTED' })
  })
})

describe('a layout past its end', () => {
  const clock = { now: () => addDays(TODAY.now(), 2000) }

  it('was in force when the release was made: the release outlives it', async () => {
    expect((await verify(loadRelease(), { clock })).verdict).toBe('pass')
  })

  it('is judged by the owners of today when today is asked for', async () => {
    const held = loadTrustRoot()
    const keys = held.root.owner.keys.map((tenure) => ({ ...tenure, validUntil: addDays(TODAY.now(), 1) }))
    const trustRoot = { ...held, root: { ...held.root, owner: { ...held.root.owner, keys } } }
    expect((await verify(loadRelease(), { trustRoot, clock })).verdict).toBe('pass')
    const report = await verify(loadRelease(), { trustRoot, clock }, { layoutInForce: 'now' })
    expect(failures(report)).toMatchObject({ 'layout-signature': 'SIGNATURE_THRESHOLD' })
  })

  it('is refused by who asks for today', async () => {
    const report = await verify(loadRelease(), { clock }, { layoutInForce: 'now' })
    expect(failures(report)).toEqual({ 'layout-expiry': 'LAYOUT_EXPIRED' })
  })
})
