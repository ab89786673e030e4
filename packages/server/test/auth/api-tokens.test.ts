import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  assertMayGrant,
  authenticateApiToken,
  createApiToken,
  listApiTokens,
  revokeApiToken,
  type ApiTokenGrant,
} from '../../src/auth/api-tokens.ts'
import { ANONYMOUS, type Principal } from '../../src/auth/principal.ts'
import { apiTokens } from '../../src/auth/token-table.ts'
import type { Database } from '../../src/jobs/database.ts'
import { movingClock } from '../moving-clock.ts'
import { newDirectory, openTestDatabase } from '../test-database.ts'

const clock = movingClock()
const GRANT: ApiTokenGrant = { owner: 'alice', roles: ['user'], label: 'nightly training', lifetimeDays: 30 }

let place: Awaited<ReturnType<typeof newDirectory>>
let database: Database

beforeAll(async () => {
  place = await newDirectory()
  database = await openTestDatabase(place, clock)
})

afterAll(async () => {
  await database.close()
  await place[Symbol.asyncDispose]()
})

function newSecret(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32))
}

describe('an API token', () => {
  it('speaks for its owner, with its own roles', async () => {
    const { token, apiToken } = await createApiToken(database, GRANT, newSecret())
    expect(token).toMatch(/^aibomgen_[A-Za-z0-9_-]{43}$/)
    expect(await authenticateApiToken(database, token)).toEqual({
      id: 'alice',
      roles: ['user'],
      kind: 'token',
      tokenId: apiToken.id,
    })
  })

  it('is nowhere in the database, nor anything that leads back to it', async () => {
    const secret = newSecret()
    const { token } = await createApiToken(database, GRANT, secret)
    const rows = JSON.stringify(await database.db.select().from(apiTokens))
    expect(rows).not.toContain(token)
    expect(rows).not.toContain(token.slice('aibomgen_'.length))
    expect(rows).not.toContain(Buffer.from(secret).toString('hex'))
  })

  it.each([
    ['another secret', () => `aibomgen_${Buffer.from(newSecret()).toString('base64url')}`, 'unknown'],
    ['a secret that is too short', () => 'aibomgen_AAAA', 'form'],
    ['more than a secret', (token: string) => `${token}A`, 'form'],
    ['a line feed behind it', (token: string) => `${token}\n`, 'form'],
    ['letters of another case', (token: string) => token.replace('aibomgen_', 'AIBOMGEN_'), 'form'],
  ])('with %s is refused', async (_, change, reason) => {
    const { token } = await createApiToken(database, GRANT, newSecret())
    const attempt = authenticateApiToken(database, change(token))
    await expect(attempt).rejects.toMatchObject({ code: 'TOKEN_REFUSED', detail: { reason } })
    await expect(attempt).rejects.not.toThrow(token.slice(9))
  })

  it('is refused from the moment it is revoked, for good', async () => {
    const { token, apiToken } = await createApiToken(database, GRANT, newSecret())
    const revoked = await revokeApiToken(database, apiToken.id)
    expect(revoked?.revokedAt).toBeDefined()
    await expect(authenticateApiToken(database, token)).rejects.toMatchObject({ detail: { reason: 'revoked' } })
    clock.advance(60)
    expect(await revokeApiToken(database, apiToken.id)).toEqual(revoked)
  })

  it('is revoked by its owner, not by another user', async () => {
    const { token, apiToken } = await createApiToken(database, GRANT, newSecret())
    expect(await revokeApiToken(database, apiToken.id, 'mallory')).toBeUndefined()
    expect((await authenticateApiToken(database, token)).id).toBe('alice')
    expect(await revokeApiToken(database, 'no such id')).toBeUndefined()
  })

  it('is refused from the second in which it expires', async () => {
    const { token } = await createApiToken(database, { ...GRANT, lifetimeDays: 1 }, newSecret())
    clock.advance(86_400 - 30)
    expect((await authenticateApiToken(database, token)).id).toBe('alice')
    clock.advance(31)
    await expect(authenticateApiToken(database, token)).rejects.toMatchObject({ detail: { reason: 'expired' } })
  })

  it('says when it was last used, to the minute', async () => {
    const owner = 'used'
    const { token } = await createApiToken(database, { ...GRANT, owner }, newSecret())
    const lastUse = async (): Promise<unknown> => (await listApiTokens(database, owner))[0]?.lastUsedAt
    expect(await lastUse()).toBeUndefined()
    await authenticateApiToken(database, token)
    const first = await lastUse()
    expect(first).toBeDefined()
    clock.advance(30)
    await authenticateApiToken(database, token)
    expect(await lastUse()).toBe(first)
    clock.advance(31)
    await authenticateApiToken(database, token)
    expect(await lastUse()).not.toBe(first)
  })

  it('is listed with what is known of it, the owner’s own or everybody’s, the newest first', async () => {
    const owner = 'lister'
    const first = await createApiToken(database, { ...GRANT, owner, label: 'first' }, newSecret())
    clock.advance(1)
    const second = await createApiToken(database, { ...GRANT, owner, label: 'second' }, newSecret())
    expect(await listApiTokens(database, owner)).toEqual([second.apiToken, first.apiToken])
    expect((await listApiTokens(database)).length).toBeGreaterThan(2)
  })

  it.each([
    ['no role', { roles: [] }],
    ['an unknown role', { roles: ['root'] as never }],
    ['no end', { lifetimeDays: Number.POSITIVE_INFINITY }],
    ['an end in the past', { lifetimeDays: -1 }],
    ['an end in ten years', { lifetimeDays: 3650 }],
    ['no owner', { owner: '' }],
    ['an owner that breaks a line', { owner: 'alice\nroot' }],
    ['a label that hides what follows', { label: 'x\u202e' }],
    ['no label', { label: '' }],
  ])('with %s is not made', async (_, change) => {
    await expect(createApiToken(database, { ...GRANT, ...change }, newSecret())).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
    })
  })
})

describe('who may have a token', () => {
  const alice: Principal = { id: 'alice', roles: ['user'], kind: 'oidc' }
  const operator: Principal = { id: 'olga', roles: ['operator', 'user'], kind: 'oidc' }

  it.each([
    ['a user, in its own name', alice, GRANT],
    ['an operator, in the name of another', operator, GRANT],
    ['everybody, where nobody is asked', ANONYMOUS, { ...GRANT, owner: 'ci' }],
  ])('%s', (_, principal, grant) => {
    expect(() => assertMayGrant(principal, grant)).not.toThrow()
  })

  it.each([
    ['a user, in the name of another', alice, { ...GRANT, owner: 'bob' }],
    ['a user, as operator', alice, { ...GRANT, roles: ['user', 'operator'] as const }],
    ['a token, to outlive itself', { ...alice, kind: 'token' as const, tokenId: 'x' }, GRANT],
  ])('not %s', (_, principal, grant) => {
    expect(() => assertMayGrant(principal, grant)).toThrow(expect.objectContaining({ code: 'ACCESS_DENIED' }))
  })
})
