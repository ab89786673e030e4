/** Which keys count, when, and in which role. @module */

import {
  findTenure,
  keysInForce,
  ownersInForce,
  parseTimestamp,
  requireKeyInForce,
  type KeyId,
  type KeyTenure,
  type TrustRoot,
} from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { testSigner } from './test-keys.ts'
import { testTrustRoot } from './test-trust-root.ts'

const { publicKey: worker } = await testSigner(12)
const at = parseTimestamp

const from = at('2026-03-01T00:00:00Z')
const until = at('2026-09-01T00:00:00Z')
const june = at('2026-06-01T00:00:00Z')

async function rootWith(tenure: Partial<KeyTenure>): Promise<TrustRoot> {
  const whole = { key: worker, validFrom: from, validUntil: undefined, revoked: undefined, ...tenure }
  return testTrustRoot({ keys: [{ role: 'worker', ...whole }], owner: { keys: [whole], threshold: 1 } })
}

const retired = { at: june, reason: 'retired' as const }
const compromised = { at: june, reason: 'compromised' as const }

describe.each([
  ['before it is valid', {}, '2026-02-28T23:59:59Z', false],
  ['in the second from which it is valid', {}, '2026-03-01T00:00:00Z', true],
  ['long after, when it has no end', {}, '2099-01-01T00:00:00Z', true],
  ['in the last second before its end', { validUntil: until }, '2026-08-31T23:59:59Z', true],
  ['at its end', { validUntil: until }, '2026-09-01T00:00:00Z', false],
  ['before it was retired', { revoked: retired }, '2026-05-31T23:59:59Z', true],
  ['in the second in which it was retired', { revoked: retired }, '2026-06-01T00:00:00Z', false],
  ['before it was found compromised', { revoked: compromised }, '2026-05-31T23:59:59Z', false],
  ['after it was found compromised', { revoked: compromised }, '2026-07-01T00:00:00Z', false],
] as const)('a key %s', (_, tenure, time, counts) => {
  it(counts ? 'counts' : 'does not count', async () => {
    const root = await rootWith(tenure)
    expect(keysInForce(root, 'worker', at(time))).toEqual(counts ? [worker] : [])
    expect(ownersInForce(root, at(time))).toEqual(counts ? [worker] : [])
    const requiring = (): unknown => requireKeyInForce(root, worker.keyid, 'worker', at(time))
    if (counts) expect(requiring()).toEqual(worker)
    else expect(requiring).toThrow(expect.objectContaining({ code: 'KEY_NOT_TRUSTED' }))
  })
})

describe('a role', () => {
  it('is the only one that a key may speak in', async () => {
    const root = await testTrustRoot()
    expect(keysInForce(root, 'worker', june)).toEqual([worker])
    for (const role of ['intake', 'issuer'] as const) {
      expect(keysInForce(root, role, june)).not.toContainEqual(worker)
      expect(() => requireKeyInForce(root, worker.keyid, role, june)).toThrow(
        expect.objectContaining({
          code: 'KEY_NOT_TRUSTED',
          detail: { keyid: worker.keyid, reason: `its role is worker, not ${role}` },
        }),
      )
    }
  })

  it('is none of an owner', async () => {
    const { publicKey: owner } = await testSigner(1)
    const root = await testTrustRoot()
    expect(() => requireKeyInForce(root, owner.keyid, 'issuer', june)).toThrow(
      expect.objectContaining({ code: 'KEY_NOT_TRUSTED' }),
    )
  })

  it('is none of a key that the root does not know, nor of a legacy keyid', async () => {
    const root = await testTrustRoot()
    for (const keyid of ['', 'unknown', worker.legacyKeyid, worker.keyid.toUpperCase()]) {
      expect(() => requireKeyInForce(root, keyid, 'worker', june)).toThrow(
        expect.objectContaining({ code: 'KEY_NOT_TRUSTED' }),
      )
    }
  })
})

it('a tenure is found for owners and functionaries, whether it counts or not', async () => {
  const { publicKey: owner } = await testSigner(1)
  const root = await testTrustRoot()
  expect(findTenure(root, owner.keyid)?.key).toEqual(owner)
  expect(findTenure(root, worker.keyid)?.key).toEqual(worker)
  expect(findTenure(root, 'unknown' as KeyId)).toBeUndefined()
})
