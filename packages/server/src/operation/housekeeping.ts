/** What is taken away in time: artifacts that no job holds, uploads that never ended, files of old jobs. @module */

import {
  addDays,
  compareTimestamps,
  toTimestamp,
  type ArtifactStore,
  type Sha256Hex,
  type StoredArtifact,
  type Timestamp,
} from '@aibomgen/core'

import type { AuditLog } from '../audit/audit-log.ts'
import type { Principal } from '../auth/principal.ts'
import type { Database } from '../jobs/database.ts'
import { lockCollection } from '../jobs/held-artifacts.ts'
import { deleteFiles, listExpiredJobs, selectHeld } from '../jobs/job-records.ts'
import { takeLease } from './leases.ts'
import type { Logger } from './logger.ts'

/** A store that can be kept clean. */
export interface CollectibleStore extends ArtifactStore {
  /** When the artifact was put last, by the store's own clock; undefined when there is none. */
  storedAt(digest: Sha256Hex): Promise<Timestamp | undefined>
  /** Removes uploads that were begun before, and never ended. Left out where the store does so by itself. */
  sweepIncoming?(before: Timestamp): Promise<number>
}

/** What is old enough to go. */
export interface HousekeepingPolicy {
  /** Artifacts that were put later than so many seconds ago stay: a reference to them may be on its way. */
  readonly graceSeconds: number
  /** Model, data set and trained model of jobs that ended so many days ago go; for ever, when left out. */
  readonly retentionDays?: number
  /** Looks, counts, and takes nothing away. */
  readonly dryRun?: boolean
}

/** What was taken away, or would be. */
export interface HousekeepingReport {
  readonly jobsExpired: number
  readonly artifactsKept: number
  readonly artifactsDeleted: number
  readonly bytesDeleted: number
  readonly uploadsSwept: number
}

/** What housekeeping needs. */
export interface HousekeepingDeps {
  readonly database: Database
  readonly store: CollectibleStore
  readonly audit: Pick<AuditLog, 'record'>
}

/** Who the audit log says it was. */
const PLATFORM: Principal = { id: 'the platform', roles: [], kind: 'anonymous' }
const PAGE = 200
const LEASE = 'housekeeping'

/**
 * Keeps house once. May be stopped between any two steps, and run twice at once: an artifact goes in a transaction in
 * which no job can begin to hold it.
 */
export async function keepHouse(
  deps: HousekeepingDeps,
  policy: HousekeepingPolicy,
  signal: AbortSignal,
): Promise<HousekeepingReport> {
  const { database, store } = deps
  const { graceSeconds, dryRun = false } = policy
  const jobsExpired = await expireJobs(deps, policy, signal)
  const before = toTimestamp(new Date(Date.parse(database.clock.now()) - graceSeconds * 1000))
  const collected = await collectArtifacts(deps, { before, dryRun }, signal)
  const uploadsSwept = dryRun ? 0 : ((await store.sweepIncoming?.(before)) ?? 0)
  return { jobsExpired, ...collected, uploadsSwept }
}

/** Keeps house at once and every `intervalSeconds` after, where no other process of the platform does. */
export async function runHousekeeping(
  deps: HousekeepingDeps & {
    /** Names this process among others. */
    readonly holder: string
    readonly logger: Logger
    /** Resolves after so many seconds, rejects when `signal` aborts. */
    readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>
  },
  policy: HousekeepingPolicy & { readonly intervalSeconds: number },
  signal: AbortSignal,
): Promise<void> {
  const { database, holder, logger, wait } = deps
  const { intervalSeconds: seconds } = policy
  while (!signal.aborted) {
    try {
      if (await takeLease(database, { name: LEASE, holder, seconds })) {
        logger.info('kept house', { ...(await keepHouse(deps, policy, signal)) })
      }
    } catch (error) {
      // The next time may go better: nothing depends on this one.
      if (!signal.aborted) logger.error('housekeeping broke off', { error })
    }
    await wait(seconds, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}

async function expireJobs(
  { database, audit }: HousekeepingDeps,
  { retentionDays, dryRun = false }: HousekeepingPolicy,
  signal: AbortSignal,
): Promise<number> {
  if (retentionDays === undefined) return 0
  const before = addDays(database.clock.now(), -retentionDays)
  let expired = 0
  for (let after: string | undefined; ;) {
    const ids = await listExpiredJobs(database, { before, limit: PAGE, ...(after !== undefined && { after }) })
    for (const id of ids) {
      signal.throwIfAborted()
      expired += 1
      if (dryRun) continue
      await deleteFiles(database, id)
      await audit.record({ principal: PLATFORM, action: 'job.expire', subject: id, outcome: 'done', requestId: '' })
    }
    after = ids.at(-1)
    if (ids.length < PAGE) return expired
  }
}

type Collected = Omit<HousekeepingReport, 'jobsExpired' | 'uploadsSwept'>

async function collectArtifacts(
  { database, store }: HousekeepingDeps,
  { before, dryRun }: { readonly before: Timestamp; readonly dryRun: boolean },
  signal: AbortSignal,
): Promise<Collected> {
  let [artifactsKept, artifactsDeleted, bytesDeleted] = [0, 0, 0]
  const isOld = async (sha256: Sha256Hex): Promise<boolean> => {
    const storedAt = await store.storedAt(sha256)
    return storedAt !== undefined && compareTimestamps(storedAt, before) < 0
  }
  const remove = (sha256: Sha256Hex): Promise<boolean> =>
    database.transact(async (transaction) => {
      await lockCollection(transaction)
      const held = await selectHeld({ db: transaction }, [sha256])
      if (held.has(sha256) || !(await isOld(sha256))) return false
      await store.delete(sha256)
      return true
    })
  for await (const page of pagesOf(store.list())) {
    const held = await selectHeld(
      database,
      page.map(({ sha256 }) => sha256),
    )
    for (const { sha256, sizeBytes } of page) {
      signal.throwIfAborted()
      const isGarbage = !held.has(sha256) && (await isOld(sha256)) && (dryRun || (await remove(sha256)))
      if (isGarbage) [artifactsDeleted, bytesDeleted] = [artifactsDeleted + 1, bytesDeleted + sizeBytes]
      else artifactsKept += 1
    }
  }
  return { artifactsKept, artifactsDeleted, bytesDeleted }
}

async function* pagesOf(artifacts: AsyncIterable<StoredArtifact>): AsyncGenerator<readonly StoredArtifact[]> {
  let page: StoredArtifact[] = []
  for await (const artifact of artifacts) {
    page.push(artifact)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
