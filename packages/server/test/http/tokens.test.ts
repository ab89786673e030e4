/** API tokens over HTTP: who may make which, and that none is told twice. */

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createAuthenticator } from '../../src/auth/authenticator.ts'
import type { Principal } from '../../src/auth/principal.ts'
import type { AppDeps } from '../../src/http/app-deps.ts'
import { createApi, expectProblem, type Api, type Json } from './api.ts'

/** People sign in by their names; machines by real tokens of the database. */
const PEOPLE: Readonly<Record<string, Principal>> = {
  alice: { id: 'alice', roles: ['user'], kind: 'oidc' },
  bob: { id: 'bob', roles: ['user'], kind: 'oidc' },
  olga: { id: 'olga', roles: ['user', 'operator'], kind: 'oidc' },
}

let api: Api
beforeAll(async () => {
  const authenticate: AppDeps['authenticate'] = async (request) => {
    const name = /^Bearer (\w+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    return PEOPLE[name] ?? createAuthenticator(api.database)(request)
  }
  api = await createApi({ authenticate })
})
afterAll(() => api[Symbol.asyncDispose]())

function make(user: string, grant: unknown): Promise<Response> {
  const body = typeof grant === 'string' ? grant : JSON.stringify(grant)
  return api.ask('/tokens', { user, method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

async function list(user: string, query = ''): Promise<Json[]> {
  const { tokens }: Json = await (await api.ask(`/tokens${query}`, { user })).json()
  return tokens
}

describe('POST /tokens', () => {
  it('makes a token that lets its holder in as its owner, and is told once', async () => {
    const answer = await make('alice', { label: 'ci', lifetime_days: 30 })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store'])
    const { token, api_token }: Json = await answer.json()
    expect(api_token).toMatchObject({ owner: 'alice', roles: ['user'], label: 'ci' })
    expect((await api.ask('/jobs', { user: token })).status).toBe(200)
    expect((await api.ask('/workers', { user: token })).status).toBe(403)

    const told = JSON.stringify(await list('alice'))
    expect(told).toContain(api_token.id)
    expect(told).not.toContain(token.slice('aibomgen_'.length))
    const rows = await api.database.db.execute(sql`SELECT * FROM api_tokens`)
    expect(JSON.stringify(rows.rows)).not.toContain(token.slice('aibomgen_'.length))
  })

  it.each([
    ['in somebody else’s name', 'alice', { owner: 'bob', label: 'x' }],
    ['with a role that its maker has not', 'alice', { roles: ['operator'], label: 'x' }],
  ])('makes none %s', async (_what, user, grant) => {
    await expectProblem(await make(user, grant), 403, 'ACCESS_DENIED')
  })

  it('makes none by means of another: who has a token that leaked keeps nothing past its revocation', async () => {
    const { token }: Json = await (await make('olga', { label: 'robot', roles: ['operator'] })).json()
    await expectProblem(await make(token, { label: 'heir' }), 403, 'ACCESS_DENIED')
  })

  it('lets an operator make one for somebody else', async () => {
    const { api_token }: Json = await (await make('olga', { owner: 'bob', label: 'robot of bob' })).json()
    expect(await list('bob')).toEqual([api_token])
  })

  it.each([
    ['no label', {}, 'DOCUMENT_INVALID'],
    ['a member that is none', { label: 'x', admin: true }, 'DOCUMENT_INVALID'],
    ['no role', { label: 'x', roles: [] }, 'DOCUMENT_INVALID'],
    ['a role that is none', { label: 'x', roles: ['root'] }, 'DOCUMENT_INVALID'],
    ['no end', { label: 'x', lifetime_days: 10_000 }, 'DOCUMENT_INVALID'],
    ['a label with a line feed', { label: 'a\nb' }, 'DOCUMENT_INVALID'],
    ['what is no JSON', '{', 'JSON_INVALID'],
    ['two labels', '{"label":"a","label":"b"}', 'JSON_INVALID'],
  ])('refuses %s', async (_what, grant, code) => {
    await expectProblem(await make('alice', grant), 400, code)
  })

  it('refuses a body without end, and another media type', async () => {
    await expectProblem(await make('alice', `"${'x'.repeat(70_000)}"`), 413, 'ARTIFACT_TOO_LARGE')
    const form = await api.ask('/tokens', { user: 'alice', method: 'POST', body: 'label=x' })
    await expectProblem(form, 400, 'DOCUMENT_INVALID')
  })
})

describe('DELETE /tokens/{id}', () => {
  it('revokes: nobody comes in by it from then on', async () => {
    const { token, api_token }: Json = await (await make('alice', { label: 'short' })).json()
    const answer = await api.ask(`/tokens/${api_token.id}`, { user: 'alice', method: 'DELETE' })
    expect(await answer.json()).toMatchObject({ id: api_token.id, revoked_at: expect.any(String) })
    await expectProblem(await api.ask('/jobs', { user: token }), 401, 'TOKEN_REFUSED')
  })

  it('says of somebody else’s what it says of none', async () => {
    const { token, api_token }: Json = await (await make('alice', { label: 'mine' })).json()
    for (const id of [api_token.id, '0'.repeat(16), '%00', 'x'.repeat(5000)]) {
      await expectProblem(await api.ask(`/tokens/${id}`, { user: 'bob', method: 'DELETE' }), 404, 'TOKEN_NOT_FOUND')
    }
    expect((await api.ask('/jobs', { user: token })).status).toBe(200)
    expect((await api.ask(`/tokens/${api_token.id}`, { user: 'olga', method: 'DELETE' })).status).toBe(200)
  })
})

describe('GET /tokens', () => {
  it('shows one’s own, and to operators everybody’s', async () => {
    expect((await list('bob')).every(({ owner }) => owner === 'bob')).toBe(true)
    expect((await list('bob', '?all=true')).every(({ owner }) => owner === 'bob')).toBe(true)
    expect(new Set((await list('olga', '?all=true')).map(({ owner }) => owner))).toEqual(
      new Set(['alice', 'bob', 'olga']),
    )
  })

  it('shows strangers none', async () => {
    await expectProblem(await api.ask('/tokens'), 401, 'TOKEN_REFUSED')
  })
})
