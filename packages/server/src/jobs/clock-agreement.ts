/** Whether this machine's clock agrees with the database's, which is everybody's. @module */

import { ConfigError } from '@aibomgen/core'
import { sql } from 'drizzle-orm'

import type { Database } from './database.ts'

/** What machines of one platform may differ by. Signed times, and whether a key counts, rest on it. */
export const MAX_CLOCK_SKEW_SECONDS = 60

/**
 * Nothing, when this process's clock and the database's differ by no more than a minute. By another clock, keys and
 * layouts would not count yet or count no more, so that honest jobs would fail, and evidence would bear a false time.
 *
 * @throws ConfigError `CLOCK_SKEWED`
 */
export async function assertClockAgrees({ db, clock, kind }: Database): Promise<void> {
  // The embedded database reads the clock of its process.
  if (kind === 'pglite') return
  const before = Date.parse(clock.now()) / 1000
  const { rows } = await db.execute<{ now: number }>(sql`SELECT extract(epoch FROM clock_timestamp())::float8 AS now`)
  const after = Date.parse(clock.now()) / 1000
  const now = rows[0]?.now ?? Number.NaN
  const skewSeconds = Math.round(now < before ? before - now : now > after ? after - now : 0)
  if (Math.abs(skewSeconds) <= MAX_CLOCK_SKEW_SECONDS) return
  const which = skewSeconds > 0 ? 'ahead of' : 'behind'
  const message =
    `expected a clock within ${MAX_CLOCK_SKEW_SECONDS} seconds of the database's, ` +
    `got one that is ${Math.abs(skewSeconds)} seconds ${which} it`
  throw new ConfigError('CLOCK_SKEWED', message, { skewSeconds, maxSeconds: MAX_CLOCK_SKEW_SECONDS })
}
