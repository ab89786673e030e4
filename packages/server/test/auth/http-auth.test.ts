import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { audited } from '../../src/audit/audited.ts'
import type { AuditEvent } from '../../src/audit/audit-entry.ts'
import {
  createAuthenticator,
  describeOpenServer,
  trustEverybody,
  type Authenticator,
} from '../../src/auth/authenticator.ts'
import { createApiToken } from '../../src/auth/api-tokens.ts'
import { entraProviders } from '../../src/auth/entra.ts'
import { oidcProvider } from '../../src/auth/oidc-provider.ts'
import type { UserRole } from '../../src/auth/principal.ts'
import { createAccessTokenVerifier } from '../../src/auth/verify-access-token.ts'
import type { AppEnv } from '../../src/http/app-deps.ts'
import { admitVisitors, assertMayRead, requireRole, requireUser } from '../../src/http/auth.ts'
import { createErrorHandler } from '../../src/http/problem.ts'
import type { Database } from '../../src/jobs/database.ts'
import { movingClock } from '../moving-clock.ts'
import { newDirectory, openTestDatabase } from '../test-database.ts'
import { AUDIENCE, newKey, startProvider, type LocalProvider } from './local-provider.ts'

const clock = movingClock()
const JOBS = [
  { id: 'a', owner: 'alice' },
  { id: 'b', owner: 'bob' },
]

let place: Awaited<ReturnType<typeof newDirectory>>
let database: Database
let provider: LocalProvider
let authenticate: Authenticator

beforeAll(async () => {
  ;[place, provider] = await Promise.all([newDirectory(), startProvider(await newKey('first', 'RS256'))])
  database = await openTestDatabase(place, clock)
  const providers = [oidcProvider({ issuer: provider.issuer, audiences: [AUDIENCE] })]
  authenticate = createAuthenticator(database, createAccessTokenVerifier(providers, { fetch, clock }))
})

afterAll(async () => {
  await database.close()
  await place[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

function createApp(authenticator: Authenticator): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.onError(createErrorHandler(() => undefined))
  app.use(requestId())
  app.get('/verify', admitVisitors(authenticator), (context) => context.json(context.get('principal')))
  app.use(requireUser(authenticator))
  app.get('/me', (context) => context.json(context.get('principal')))
  app.get('/workers', requireRole('operator'), (context) => context.text('workers'))
  app.get('/jobs/:id', (context) => {
    const id = context.req.param('id')
    const job = JOBS.find((candidate) => candidate.id === id)
    assertMayRead(context.get('principal'), job, id)
    return context.json(job)
  })
  return app
}

async function tokenOf(owner: string, ...roles: UserRole[]): Promise<string> {
  const grant = { owner, roles, label: 'test', lifetimeDays: 1 }
  return (await createApiToken(database, grant, crypto.getRandomValues(new Uint8Array(32)))).token
}

async function call(path: string, authorization?: string, app = createApp(authenticate)): Promise<Response> {
  return app.request(path, { headers: authorization === undefined ? {} : { authorization } })
}

describe('a route that needs a user', () => {
  it('lets in who a real provider vouches for', async () => {
    const response = await call('/me', `Bearer ${await provider.issueToken()}`)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ id: `${provider.issuer}#app`, kind: 'oidc' })
  })

  it('lets in a machine by its API token', async () => {
    const response = await call('/me', `bearer ${await tokenOf('alice', 'user')}`)
    expect(await response.json()).toMatchObject({ id: 'alice', roles: ['user'], kind: 'token' })
  })

  it('asks who says nothing for a token', async () => {
    const response = await call('/me')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="aibomgen"')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ status: 401, code: 'TOKEN_REFUSED' })
  })

  it.each([
    ['a token that is none', 'Bearer x'],
    ['an API token that nobody has', `Bearer aibomgen_${'A'.repeat(43)}`],
    ['two tokens', 'Bearer a, Bearer b'],
    ['no token at all', 'Bearer '],
    ['a password', 'Basic YWxpY2U6c2VjcmV0'],
    ['nothing', ''],
    ['a scheme of its own', 'aibomgen_secret'],
  ])('refuses %s, and does not repeat it', async (_, authorization) => {
    const response = await call('/me', authorization)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="aibomgen", error="invalid_token"')
    const text = await response.text()
    expect(text).not.toMatch(/AAAA|YWxp|secret/)
  })

  it('refuses who is known and has no role', async () => {
    const response = await call('/me', `Bearer ${await provider.sign({ ...provider.claims(), roles: [] })}`)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ status: 403, code: 'ACCESS_DENIED' })
  })

  it('says that it cannot tell while the provider is gone', async () => {
    const gone = entraProviders({ tenants: ['11111111-2222-3333-4444-555555555555'], audiences: [AUDIENCE] })
    const noNetwork = async (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))
    const verifier = createAccessTokenVerifier(gone, { fetch: noNetwork, clock })
    const token = await provider.sign({ ...provider.claims(), iss: gone[0]?.issuer ?? '' })
    const response = await call('/me', `Bearer ${token}`, createApp(createAuthenticator(database, verifier)))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
  })

  it('knows access tokens only where a provider is configured', async () => {
    const app = createApp(createAuthenticator(database))
    expect((await call('/me', `Bearer ${await provider.issueToken()}`, app)).status).toBe(401)
    expect((await call('/me', `Bearer ${await tokenOf('alice', 'user')}`, app)).status).toBe(200)
  })
})

describe('a route that needs an operator', () => {
  it('lets in an operator and no user', async () => {
    expect((await call('/workers', `Bearer ${await tokenOf('olga', 'operator')}`)).status).toBe(200)
    expect((await call('/workers', `Bearer ${await tokenOf('alice', 'user')}`)).status).toBe(403)
    expect((await call('/workers')).status).toBe(401)
  })
})

describe('a route that is open on purpose', () => {
  it('lets in visitors, who are nobody and may do nothing else', async () => {
    const response = await call('/verify')
    expect(await response.json()).toEqual({ id: 'visitor', roles: [], kind: 'anonymous' })
  })

  it('knows who says who they are, and refuses who says what is not true', async () => {
    expect(await (await call('/verify', `Bearer ${await tokenOf('alice', 'user')}`)).json()).toMatchObject({
      id: 'alice',
    })
    expect((await call('/verify', 'Bearer x')).status).toBe(401)
  })
})

describe('a job', () => {
  it('is read by its owner and by an operator', async () => {
    expect((await call('/jobs/a', `Bearer ${await tokenOf('alice', 'user')}`)).status).toBe(200)
    expect((await call('/jobs/b', `Bearer ${await tokenOf('olga', 'operator')}`)).status).toBe(200)
  })

  it('of somebody else is answered like one that does not exist, to the letter', async () => {
    const authorization = `Bearer ${await tokenOf('alice', 'user')}`
    const [others, none] = await Promise.all([call('/jobs/b', authorization), call('/jobs/c', authorization)])
    expect([others.status, none.status]).toEqual([404, 404])
    const facts = async (response: Response, id: string): Promise<string> => {
      const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>
      return JSON.stringify(body).replaceAll(`job ${id}`, 'job X')
    }
    expect(await facts(others, 'b')).toBe(await facts(none, 'c'))
    expect([...others.headers.keys()]).toEqual([...none.headers.keys()])
  })
})

describe('a server that asks nobody', () => {
  it('takes everybody for anonymous, whatever they say, and says so loudly', async () => {
    const app = createApp(trustEverybody)
    for (const authorization of [undefined, 'Bearer x', `Bearer ${await tokenOf('alice', 'user')}`]) {
      expect(await (await call('/me', authorization, app)).json()).toMatchObject({ id: 'anonymous' })
    }
    expect((await call('/workers', undefined, app)).status).toBe(200)
    expect(describeOpenServer('http://127.0.0.1:8000')).toMatch(/AUTH_ENABLED=false.*http:\/\/127\.0\.0\.1:8000/)
  })
})

describe('an audited route', () => {
  function createAuditedApp(events: AuditEvent[], failure?: Error): Hono<AppEnv> {
    const record = async (event: AuditEvent): Promise<void> => {
      if (failure !== undefined) throw failure
      events.push(event)
    }
    const app = new Hono<AppEnv>()
    app.onError(createErrorHandler(() => undefined))
    app.use(requestId({ generator: () => 'request 1' }))
    app.use(requireUser(authenticate))
    app.get(
      '/jobs/:id',
      audited({ record }, 'job.read', (context) => context.req.param('id') ?? ''),
      (context) => {
        if (context.req.param('id') === 'c') throw new Error('the database is gone')
        assertMayRead(context.get('principal'), JOBS[0], 'a')
        return context.text('secret metrics')
      },
    )
    app.post('/jobs', audited({ record }, 'job.submit'), (context) => {
      context.set('auditSubject', 'new job')
      return context.text('', 201)
    })
    return app
  }

  it('is written down with who called, for what, and how it ended', async () => {
    const events: AuditEvent[] = []
    const app = createAuditedApp(events)
    await call('/jobs/a', `Bearer ${await tokenOf('alice', 'user')}`, app)
    await call('/jobs/a', `Bearer ${await tokenOf('mallory', 'user')}`, app)
    await call('/jobs/c', `Bearer ${await tokenOf('olga', 'operator')}`, app)
    const headers = { authorization: `Bearer ${await tokenOf('alice', 'user')}` }
    await app.request('/jobs', { method: 'POST', headers })
    expect(events.map(({ principal, action, subject, outcome }) => [principal.id, action, subject, outcome])).toEqual([
      ['alice', 'job.read', 'a', 'done'],
      ['mallory', 'job.read', 'a', 'refused'],
      ['olga', 'job.read', 'c', 'failed'],
      ['alice', 'job.submit', 'new job', 'done'],
    ])
    expect(events[0]?.requestId).toBe('request 1')
    expect(events[0]?.principal.tokenId).toMatch(/^[0-9a-f]{16}$/)
  })

  it('reveals nothing that could not be written down', async () => {
    const app = createAuditedApp([], new Error('the disk is full'))
    const response = await call('/jobs/a', `Bearer ${await tokenOf('alice', 'user')}`, app)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret metrics')
  })
})
