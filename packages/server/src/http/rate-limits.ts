/** How often one caller may do what costs the server something. @module */

import { VerificationError } from '@aibomgen/core'
import { lt, sql } from 'drizzle-orm'
import { pgTable, integer, text, timestamp } from 'drizzle-orm/pg-core'
import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { RateLimiterDrizzle, RateLimiterMemory, RateLimiterRes, type IRateLimiterOptions } from 'rate-limiter-flexible'

import type { Database } from '../jobs/database.ts'
import type { AppEnv } from './app-deps.ts'

/** So many calls in so many seconds, beginning with the first of them. */
export interface RateLimit {
  /** What is limited: callers' counts under different names are different counts. */
  readonly name: string
  readonly calls: number
  readonly seconds: number
}

/** Counts calls. */
export interface RateLimiter {
  /** Counts one call of `caller`: 0 when it may be made, else the seconds until one may be made again, at least 1. */
  take(caller: string): Promise<number>
}

/** Counts by caller, as the limiter wants its columns called. Lost, it costs nothing but a few calls too many. */
const rateLimits = pgTable('rate_limits', {
  key: text('key').primaryKey(),
  points: integer('points').notNull(),
  expire: timestamp('expire', { withTimezone: true }),
})

/** Counts that have run out are swept away once in so many calls. */
const CALLS_PER_SWEEP = 1000

/**
 * A counter for `limit`: one for all servers on PostgreSQL, one in this process on the embedded database, which no other
 * process shares.
 */
export function createRateLimiter(limit: RateLimit, database: Pick<Database, 'kind' | 'db'>): RateLimiter {
  const options: IRateLimiterOptions = { keyPrefix: limit.name, points: limit.calls, duration: limit.seconds }
  if (database.kind === 'pglite') {
    const memory = new RateLimiterMemory(options)
    return { take: (caller) => secondsToWait(memory.consume(caller)) }
  }
  const shared = new RateLimiterDrizzle({
    ...options,
    storeClient: database.db,
    schema: rateLimits,
    // Its own sweep writes to the console, and outlives the database.
    clearExpiredByTimeout: false,
    // A caller past the limit is remembered here, and costs the database nothing more.
    inMemoryBlockOnConsumed: limit.calls + 1,
  })
  let calls = 0
  return {
    async take(caller) {
      calls += 1
      if (calls % CALLS_PER_SWEEP === 0) await database.db.delete(rateLimits).where(lt(rateLimits.expire, sql`now()`))
      return secondsToWait(shared.consume(caller))
    },
  }
}

/**
 * Middleware behind `requireUser` or `admitVisitors`: throws VerificationError `RATE_LIMITED` (429) for a caller past
 * the limit. A caller is a user, whatever token it comes with; where nobody is known, an address.
 *
 * @param addressOf - the network address a request comes from, as whoever put the server together knows to tell it
 */
export function limitCalls(limiter: RateLimiter, addressOf: (context: Context) => string): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (context, next) => {
    const { kind, id } = context.get('principal')
    const wait = await limiter.take(kind === 'anonymous' ? `address ${addressOf(context)}` : `user ${id}`)
    if (wait > 0) {
      const message = `too many calls: the next may be made in ${wait} s`
      throw new VerificationError('RATE_LIMITED', message, { retryAfterSeconds: wait })
    }
    await next()
  })
}

async function secondsToWait(call: Promise<RateLimiterRes>): Promise<number> {
  try {
    await call
    return 0
  } catch (refusal) {
    // The limiter rejects with its count; an error is the store's.
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
  }
}
