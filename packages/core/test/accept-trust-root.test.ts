/** From one trust root to the next: the rollback rule. @module */

import {
  acceptTrustRoot,
  assertNoRollback,
  parseTimestamp,
  signTrustRoot,
  type KeyTenure,
  type SignedTrustRoot,
  type Signer,
  type TrustRoot,
} from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { testSigner } from './test-keys.ts'
import { testTrustRoot } from './test-trust-root.ts'

const [alice, bob, carol, mallory] = await Promise.all([1, 2, 3, 9].map(testSigner))
if (alice === undefined || bob === undefined || carol === undefined || mallory === undefined) throw new Error('no keys')

const validFrom = parseTimestamp('2026-01-01T00:00:00Z')
const june = parseTimestamp('2026-06-01T00:00:00Z')

/** A root of this version and these owners, signed by `signers`. */
async function rootOf(
  version: number,
  owners: readonly Signer[],
  signers: readonly Signer[] = owners,
  changes: Partial<TrustRoot> & { threshold?: number } = {},
): Promise<SignedTrustRoot> {
  const { threshold = 1, ...members } = changes
  const keys = owners.map(({ publicKey }) => ({ key: publicKey, validFrom }))
  return signTrustRoot(
    await testTrustRoot({ version, owner: { keys, threshold }, issuedAt: june, ...members }),
    signers,
  )
}

const held = await rootOf(3, [alice])
const notSigned = (by: 'held' | 'offered', required = 1, verified = 0): unknown =>
  expect.objectContaining({ code: 'TRUST_ROOT_NOT_SIGNED', detail: { by, required, verified } })

describe('acceptTrustRoot accepts', () => {
  it('the held one again', async () => {
    expect(await acceptTrustRoot(held, await rootOf(3, [alice]))).toBe(held)
  })

  it('the held one with other signatures, which nobody needs', async () => {
    expect(await acceptTrustRoot(held, await rootOf(3, [alice], [mallory]))).toBe(held)
  })

  it('the next one, signed by the same owner', async () => {
    const next = await rootOf(4, [alice], [alice], { keys: [] })
    expect(await acceptTrustRoot(held, next)).toBe(next)
  })

  it('the next one with another owner, signed by both', async () => {
    const next = await rootOf(4, [bob], [alice, bob])
    expect(await acceptTrustRoot(held, next)).toBe(next)
  })

  it('the next one, signed by two of three where two must', async () => {
    const ofThree = await rootOf(1, [alice, bob, carol], [alice, bob], { threshold: 2 })
    const next = await rootOf(2, [alice, bob, carol], [bob, carol], { threshold: 2 })
    expect(await acceptTrustRoot(ofThree, next)).toBe(next)
  })
})

describe('acceptTrustRoot refuses', () => {
  it('an older one, though its owner signed it', async () => {
    await expect(acceptTrustRoot(held, await rootOf(2, [alice]))).rejects.toMatchObject({
      code: 'TRUST_ROOT_ROLLBACK',
      detail: { held: 3, offered: 2 },
    })
  })

  it('the same version with other content', async () => {
    await expect(acceptTrustRoot(held, await rootOf(3, [alice], [alice], { keys: [] }))).rejects.toMatchObject({
      code: 'TRUST_ROOT_ROLLBACK',
      detail: { held: 3, offered: 3 },
    })
  })

  it('one that skips a version', async () => {
    await expect(acceptTrustRoot(held, await rootOf(5, [alice]))).rejects.toMatchObject({
      code: 'TRUST_ROOT_SKIPPED',
      detail: { held: 3, offered: 5 },
    })
  })

  it('the next one, signed by its own owner alone', async () => {
    await expect(acceptTrustRoot(held, await rootOf(4, [mallory]))).rejects.toThrow(notSigned('held'))
  })

  it('the next one, signed by the held owner alone, who would lock everybody out', async () => {
    await expect(acceptTrustRoot(held, await rootOf(4, [bob], [alice]))).rejects.toThrow(notSigned('offered'))
  })

  it('the next one, signed by a functionary', async () => {
    const issuer = await testSigner(13)
    await expect(acceptTrustRoot(held, await rootOf(4, [alice], [issuer]))).rejects.toThrow(notSigned('held'))
  })

  it('the next one, signed by one owner twice where two must', async () => {
    const ofTwo = await rootOf(1, [alice, bob], [alice, bob], { threshold: 2 })
    const next = await rootOf(2, [alice, bob], [alice, alice], { threshold: 2 })
    await expect(acceptTrustRoot(ofTwo, next)).rejects.toThrow(notSigned('held', 2, 1))
  })

  it('the next one with a lower threshold that the held owners did not agree to', async () => {
    const ofTwo = await rootOf(1, [alice, bob], [alice, bob], { threshold: 2 })
    await expect(acceptTrustRoot(ofTwo, await rootOf(2, [alice], [alice]))).rejects.toThrow(notSigned('held', 2, 1))
  })

  it.each([
    ['compromised', { revoked: { at: parseTimestamp('2026-07-01T00:00:00Z'), reason: 'compromised' as const } }],
    ['retired before', { revoked: { at: parseTimestamp('2026-05-01T00:00:00Z'), reason: 'retired' as const } }],
    ['expired before', { validUntil: june }],
    ['not yet valid', { validFrom: parseTimestamp('2026-06-02T00:00:00Z') }],
  ])('the next one, signed by an owner whose key is %s', async (_, tenure) => {
    const keys = [{ key: alice.publicKey, validFrom, ...tenure }]
    const heldWithout = await rootOf(3, [alice], [alice], { owner: { keys, threshold: 1 } })
    await expect(acceptTrustRoot(heldWithout, await rootOf(4, [alice]))).rejects.toThrow(notSigned('held'))
  })

  it('the next one whose payload was changed after it was signed', async () => {
    const { root, envelope } = await rootOf(4, [alice])
    const payload = envelope.payload.map((byte, index) => (index === 40 ? byte ^ 1 : byte))
    await expect(acceptTrustRoot(held, { root, envelope: { ...envelope, payload } })).rejects.toThrow(notSigned('held'))
  })
})

describe('acceptTrustRoot, where an owner has retired', () => {
  const july = parseTimestamp('2026-07-01T00:00:00Z')
  const retired = (owner: Signer): KeyTenure => ({
    key: owner.publicKey,
    validFrom,
    revoked: { at: june, reason: 'retired' },
  })
  const owners = { keys: [retired(alice), { key: bob.publicKey, validFrom }], threshold: 1 }

  it('refuses what the retired owner dates back to when it was one', async () => {
    const now = await signTrustRoot(await testTrustRoot({ version: 3, owner: owners, issuedAt: june }), [bob])
    const may = parseTimestamp('2026-05-01T00:00:00Z')
    const forged = await rootOf(4, [mallory], [alice, mallory], { issuedAt: may })
    await expect(acceptTrustRoot(now, forged)).rejects.toMatchObject({ code: 'TRUST_ROOT_ROLLBACK' })
  })

  it('refuses what the retired owner signs now', async () => {
    const now = await signTrustRoot(await testTrustRoot({ version: 3, owner: owners, issuedAt: june }), [bob])
    const forged = await rootOf(4, [mallory], [alice, mallory], { issuedAt: july })
    await expect(acceptTrustRoot(now, forged)).rejects.toEqual(notSigned('held'))
  })
})

describe('assertNoRollback', () => {
  it.each([
    ['takes the same', 3, true],
    ['takes a later one, signed or not: that is for acceptTrustRoot to ask', 5, true],
    ['refuses an older one', 1, false],
  ])('%s', async (_, version, passes) => {
    const offered = await rootOf(version, [alice])
    const check = (): void => assertNoRollback(held, offered)
    if (passes) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code: 'TRUST_ROOT_ROLLBACK' }))
  })
})
