import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Principal } from '../../src/auth/principal.ts'
import type { AppEnv } from '../../src/http/app-deps.ts'
import { createErrorHandler } from '../../src/http/problem.ts'
import { createRateLimiter, limitCalls, type RateLimiter } from '../../src/http/rate-limits.ts'
import type { Database } from '../../src/jobs/database.ts'
import { movingClock } from '../moving-clock.ts'
import { noPostgres, startPostgres, type PostgresServer } from '../postgres.ts'
import { openTestDatabase } from '../test-database.ts'

const LIMIT = { name: 'submit', calls: 3, seconds: 60 }
const memory = (name = 'submit'): RateLimiter => createRateLimiter({ ...LIMIT, name }, { kind: 'pglite' } as Database)

/** Calls a limited route as somebody, from somewhere. */
function callerOf(limiter: RateLimiter): (principal: Principal, address?: string) => Promise<Response> {
  return async (principal, address = '192.0.2.1') => {
    const app = new Hono<AppEnv>()
    app.onError(createErrorHandler(() => undefined))
    app.use(async (context, next) => {
      context.set('principal', principal)
      await next()
    })
    app.use(limitCalls(limiter, () => address))
    app.post('/submit', (context) => context.text('taken'))
    return app.request('/submit', { method: 'POST' })
  }
}

const ALICE: Principal = { id: 'alice', roles: ['user'], kind: 'oidc' }
const BOB: Principal = { id: 'bob', roles: ['user'], kind: 'oidc' }
const NOBODY: Principal = { id: 'visitor', roles: [], kind: 'anonymous' }

async function statuses(calls: readonly (() => Promise<Response>)[]): Promise<number[]> {
  const found: number[] = []
  for (const call of calls) found.push((await call()).status)
  return found
}

describe('a limit', () => {
  it('answers the call past it with 429, and says when to come again', async () => {
    const submit = callerOf(memory())
    expect(await statuses(Array.from({ length: 4 }, () => () => submit(ALICE)))).toEqual([200, 200, 200, 429])
    const response = await submit(ALICE)
    expect(await response.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    const wait = Number(response.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(50)
    expect(wait).toBeLessThanOrEqual(60)
  })

  it('is each user’s own, whatever tokens and addresses they come with', async () => {
    const submit = callerOf(memory())
    const token: Principal = { ...ALICE, kind: 'token', tokenId: 'x' }
    const calls = [
      () => submit(ALICE),
      () => submit(token, '192.0.2.7'),
      () => submit(ALICE),
      () => submit(token),
      () => submit(BOB),
    ]
    expect(await statuses(calls)).toEqual([200, 200, 200, 429, 200])
  })

  it('is each address’s own where nobody is known', async () => {
    const submit = callerOf(memory())
    await statuses([1, 2, 3].map(() => () => submit(NOBODY)))
    expect(await statuses([() => submit(NOBODY), () => submit(NOBODY, '192.0.2.2')])).toEqual([429, 200])
  })

  it('is not reached by a user who is called like an address', async () => {
    const submit = callerOf(memory())
    await statuses([1, 2, 3, 4].map(() => () => submit(NOBODY)))
    expect((await submit({ ...ALICE, id: 'address 192.0.2.1' })).status).toBe(200)
  })

  it('is each name’s own', async () => {
    const [submissions, verifications] = [memory('submit'), memory('verify')]
    for (let count = 0; count < 4; count++) await submissions.take('alice')
    expect(await verifications.take('alice')).toBe(0)
  })
})

describe.skipIf(noPostgres !== undefined)(
  `a limit on PostgreSQL${noPostgres === undefined ? '' : `: ${noPostgres}`}`,
  () => {
    let server: PostgresServer
    let databases: readonly Database[]

    beforeAll(async () => {
      server = await startPostgres()
      const url = await server.createDatabase()
      databases = await Promise.all([1, 2].map(() => openTestDatabase({ url }, movingClock())))
    })

    afterAll(async () => {
      await Promise.all(databases.map((database) => database.close()))
      await server[Symbol.asyncDispose]()
    })

    it('counts the calls of all servers together, also those that come at once', async () => {
      const limit = { name: 'verify', calls: 10, seconds: 60 }
      const limiters = databases.map((database) => createRateLimiter(limit, database))
      const waits = await Promise.all(
        limiters.flatMap((limiter) => Array.from({ length: 15 }, () => limiter.take('alice'))),
      )
      expect(waits.filter((wait) => wait === 0)).toHaveLength(10)
      expect(waits.every((wait) => wait >= 0 && wait <= 60)).toBe(true)
      expect(await limiters[0]?.take('bob')).toBe(0)
    })

    it('begins anew when its time is over', async () => {
      const [database] = databases as [Database]
      const limiter = createRateLimiter({ name: 'short', calls: 1, seconds: 1 }, database)
      expect(await limiter.take('alice')).toBe(0)
      expect(await limiter.take('alice')).toBe(1)
      await expect.poll(() => limiter.take('alice'), { timeout: 5000, interval: 200 }).toBe(0)
    })

    it('refuses nobody and lets in nobody when it cannot count: the call fails', async () => {
      const url = await server.createDatabase()
      const database = await openTestDatabase({ url }, movingClock())
      const limiter = createRateLimiter(LIMIT, database)
      await database.close()
      await expect(limiter.take('alice')).rejects.toThrow()
    })
  },
)
