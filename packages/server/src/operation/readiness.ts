/** Whether the platform can do its work: its database and its store answer. @module */

import { parseSha256Hex, toHex, type ArtifactStore } from '@aibomgen/core'

import type { Database } from '../jobs/database.ts'
import { NoAnswer, withinSeconds } from './time-limit.ts'

/** What readiness asks. */
export interface ReadinessDeps {
  readonly database: Pick<Database, 'ping'>
  readonly store: Pick<ArtifactStore, 'has'>
  /** `length` random bytes. The store is asked for an artifact that nobody put: no cache has the answer. */
  readonly random: (length: number) => Uint8Array
}

/** One thing that was asked. `reason` is there when it did not answer: a code, never an address or a credential. */
export interface ReadinessCheck {
  readonly name: 'database' | 'store'
  readonly ok: boolean
  readonly reason?: string
}

/** Ready when every check is ok. */
export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: readonly ReadinessCheck[]
}

/**
 * Asks the database for a ping and the store for an artifact that is not there, side by side, each within
 * `timeoutSeconds`. Never throws: not to be ready is an answer. Being alive (`/healthz`) is another question, which a
 * process answers by answering.
 */
export async function checkReadiness(
  deps: ReadinessDeps,
  options: { readonly timeoutSeconds: number },
): Promise<ReadinessReport> {
  const nobodys = parseSha256Hex(toHex(deps.random(32)))
  const checks = await Promise.all([
    check('database', () => deps.database.ping(), options.timeoutSeconds),
    check('store', () => deps.store.has(nobodys), options.timeoutSeconds),
  ])
  return { ready: checks.every(({ ok }) => ok), checks }
}

async function check(
  name: ReadinessCheck['name'],
  ask: () => Promise<unknown>,
  timeoutSeconds: number,
): Promise<ReadinessCheck> {
  try {
    await withinSeconds(timeoutSeconds, ask())
    return { name, ok: true }
  } catch (error) {
    return { name, ok: false, reason: reasonOf(error) }
  }
}

/** Codes alone: anybody may ask, and messages of drivers name hosts and users. */
function reasonOf(error: unknown): string {
  if (error instanceof NoAnswer) return error.message
  if (error instanceof Error) return 'code' in error ? String(error.code) : error.name
  return 'failed'
}
