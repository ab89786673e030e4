/** Artifacts between being put and being held by a job: collected, or held, and never both. @module */

import { ArtifactError, type ArtifactStore, type Sha256Hex } from '@aibomgen/core'
import { sql } from 'drizzle-orm'

import type { Transaction } from './database.ts'

/** Any number, as long as nobody else takes an advisory lock of it. */
const COLLECTION_LOCK = 4_162_026_13

/**
 * Nothing, when all of them are in the store; they stay there until the transaction has ended, and after it, if it
 * makes a job hold them.
 *
 * @throws ArtifactError `STORE_UNAVAILABLE` for one that is gone: it was put again at the moment in which it was being
 * collected, and has to be put once more
 */
export async function keepArtifacts(
  transaction: Transaction,
  store: Pick<ArtifactStore, 'has'>,
  digests: readonly Sha256Hex[],
): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock_shared(${COLLECTION_LOCK})`)
  const there = await Promise.all(digests.map((digest) => store.has(digest)))
  if (there.every(Boolean)) return
  const reason = 'what was put has been collected meanwhile'
  throw new ArtifactError('STORE_UNAVAILABLE', `the store cannot be used: ${reason}`, { reason })
}

/** Keeps every job from beginning to hold an artifact until the transaction has ended. */
export async function lockCollection(transaction: Transaction): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(${COLLECTION_LOCK})`)
}
