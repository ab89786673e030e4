/** Jobs on record: submitted, found, cancelled, deleted. @module */

import {
  serializeJobRecord,
  TrainingError,
  type ArtifactDescriptor,
  type ArtifactStore,
  type Sha256Hex,
  type Timestamp,
} from '@aibomgen/core'
import type { SubmittedJob } from '@aibomgen/pipeline'
import { and, asc, count, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm'

import type { Database, Queries, Transaction } from './database.ts'
import { notifyOf, writeEvents } from './events.ts'
import { keepArtifacts } from './held-artifacts.ts'
import { parseJobRow } from './job-rows.ts'
import type { Job, JobState } from './job.ts'
import { enqueue } from './queue.ts'
import { jobFiles, jobs } from './schema.ts'

/** A job to be put on record. */
export interface Submission {
  readonly job: SubmittedJob
  /** The user whose job it is. */
  readonly owner: string
  /** Higher runs earlier. */
  readonly priority: number
  /** How many jobs the owner may have queued and running, this one included; any number when left out. */
  readonly quota?: number
  /** Where the job's files are: asked once more whether they are there. */
  readonly store?: Pick<ArtifactStore, 'has'>
  /** The span of the submission (W3C Trace Context): the job's own are parts of it. */
  readonly traceParent?: string | undefined
}

/** Which jobs are asked for. */
export interface JobQuery {
  readonly owner?: string
  readonly state?: JobState
  readonly limit: number
  /** The last job of the page before. */
  readonly before?: Pick<Job, 'id' | 'submittedAt'>
}

/** Files that are no evidence: what `deleteFiles` lets go. */
export const DELETED_FILES: readonly string[] = ['inputs/model', 'inputs/dataset', 'outputs/trained_model.keras']

/**
 * Puts a job on record and into the queue, in one transaction: when this returns, the job will be run, whatever becomes
 * of this process or machine; when it throws, neither is there.
 *
 * @throws TrainingError `QUOTA_EXCEEDED`; ArtifactError `STORE_UNAVAILABLE` where a file of the job is gone again
 */
export async function submitRecord(database: Database, submission: Submission): Promise<Job> {
  const { job, owner, priority, quota, store } = submission
  return database.transact(async (transaction) => {
    if (quota !== undefined) await assertQuota(transaction, owner, quota)
    const [row] = await transaction
      .insert(jobs)
      .values({
        id: job.id,
        owner,
        state: 'queued',
        priority,
        submittedAt: job.record.submittedAt,
        record: serializeJobRecord(job.record),
        receiptName: job.receipt.name,
        receipt: job.receipt.bytes,
        traceParent: submission.traceParent ?? null,
      })
      .returning()
    if (row === undefined) throw new TypeError('an insert returns its row')
    if (store !== undefined) await keepArtifacts(transaction, store, digestsOf(Object.values(job.inputs)))
    const files = Object.values(job.inputs).map(({ name, sha256 }) => ({ jobId: job.id, name, sha256 }))
    await transaction.insert(jobFiles).values(files)
    await writeEvents(database, transaction, [{ jobId: job.id, attempt: 0, type: 'state', data: { state: 'queued' } }])
    await enqueue(database, transaction, 'train', { jobId: job.id, priority })
    return parseJobRow(row)
  })
}

/** The job, if there is one of that id. */
export async function findJob({ db }: Pick<Database, 'db'>, id: string): Promise<Job | undefined> {
  if (!isUuid(id)) return undefined
  const [row] = await db.select().from(jobs).where(eq(jobs.id, id))
  return row === undefined ? undefined : parseJobRow(row)
}

/** Jobs, the youngest first. */
export async function listJobs({ db }: Database, query: JobQuery): Promise<readonly Job[]> {
  const { owner, state, limit, before } = query
  const older =
    before &&
    or(lt(jobs.submittedAt, before.submittedAt), and(eq(jobs.submittedAt, before.submittedAt), lt(jobs.id, before.id)))
  const rows = await db
    .select()
    .from(jobs)
    .where(and(owner === undefined ? undefined : eq(jobs.owner, owner), state && eq(jobs.state, state), older))
    .orderBy(desc(jobs.submittedAt), desc(jobs.id))
    .limit(limit)
  return rows.map(parseJobRow)
}

/**
 * Asks for the job's end. One that no worker has is cancelled at once; a running one ends within a batch, wherever it
 * runs; one that has ended stays what it is.
 *
 * @throws TrainingError `JOB_NOT_FOUND`
 */
export async function requestCancel(database: Database, id: string): Promise<Job> {
  return database.transact(async (transaction) => {
    const job = await lockJob(transaction, id)
    if (job.state === 'queued' || (await isWaitingForIssuer(transaction, id))) {
      await transaction
        .update(jobs)
        .set({ state: 'cancelled', endedAt: database.clock.now(), cancelRequestedAt: database.clock.now() })
        .where(eq(jobs.id, id))
      const { attempt } = job
      await writeEvents(database, transaction, [{ jobId: id, attempt, type: 'state', data: { state: 'cancelled' } }])
    } else if (job.state === 'running' && job.cancelRequestedAt === undefined) {
      await transaction.update(jobs).set({ cancelRequestedAt: database.clock.now() }).where(eq(jobs.id, id))
      await notifyOf(transaction, id)
    }
    return requireJob(transaction, id)
  })
}

/**
 * Lets go of model, data set and trained model of a job that has ended; its evidence stays. The bytes go when garbage is
 * collected from the store, unless another job holds the same.
 *
 * @throws TrainingError `JOB_NOT_FOUND`, `JOB_STATE`
 */
export async function deleteFiles(database: Database, id: string): Promise<Job> {
  return database.transact(async (transaction) => {
    const job = await lockJob(transaction, id)
    if (job.endedAt === undefined) {
      const expected = ['completed', 'failed', 'cancelled'] satisfies JobState[]
      throw new TrainingError('JOB_STATE', `job ${id}: expected one that has ended, got one that is ${job.state}`, {
        jobId: id,
        state: job.state,
        expected,
      })
    }
    await transaction
      .update(jobFiles)
      .set({ deleted: true })
      .where(and(eq(jobFiles.jobId, id), inArray(jobFiles.name, [...DELETED_FILES])))
    await transaction
      .update(jobs)
      .set({ filesDeletedAt: job.filesDeletedAt ?? database.clock.now() })
      .where(eq(jobs.id, id))
    return requireJob(transaction, id)
  })
}

/** Completed jobs whose AIBoM speaks of these bytes, the youngest first: also where they were deleted, or left out. */
export async function findReleasesBySha256({ db }: Database, sha256: Sha256Hex): Promise<readonly Job[]> {
  const holders = db.select({ id: jobFiles.jobId }).from(jobFiles).where(eq(jobFiles.sha256, sha256))
  const rows = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.state, 'completed'), inArray(jobs.id, holders)))
    .orderBy(desc(jobs.submittedAt), desc(jobs.id))
  return rows.map(parseJobRow)
}

/** Jobs that ended before, and whose files are still there: by id, from behind `after`. */
export async function listExpiredJobs(
  { db }: Database,
  query: { readonly before: Timestamp; readonly limit: number; readonly after?: string },
): Promise<readonly string[]> {
  const { before, limit, after } = query
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(lt(jobs.endedAt, before), isNull(jobs.filesDeletedAt), after === undefined ? undefined : gt(jobs.id, after)),
    )
    .orderBy(asc(jobs.id))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Which of the artifacts some job still holds. The others are garbage, unless they are only just being put. */
export async function selectHeld(
  { db }: { readonly db: Pick<Queries, 'selectDistinct'> },
  digests: readonly Sha256Hex[],
): Promise<ReadonlySet<Sha256Hex>> {
  const rows = await db
    .selectDistinct({ sha256: jobFiles.sha256 })
    .from(jobFiles)
    .where(and(inArray(jobFiles.sha256, [...digests]), eq(jobFiles.deleted, false)))
  const held = new Set(rows.map(({ sha256 }) => sha256))
  return new Set(digests.filter((digest) => held.has(digest)))
}

/**
 * The job, its row locked until the transaction ends.
 *
 * @throws TrainingError `JOB_NOT_FOUND`
 */
export async function lockJob(transaction: Transaction, id: string): Promise<Job> {
  if (isUuid(id)) await transaction.execute(sql`SELECT 1 FROM jobs WHERE id = ${id} FOR UPDATE`)
  return requireJob(transaction, id)
}

async function requireJob(transaction: Transaction, id: string): Promise<Job> {
  const job = await findJob({ db: transaction }, id)
  if (job === undefined) throw new TrainingError('JOB_NOT_FOUND', `there is no job ${id}`, { jobId: id })
  return job
}

/** Trained and recorded: no worker has it any more. */
async function isWaitingForIssuer(transaction: Transaction, id: string): Promise<boolean> {
  const [row] = await transaction
    .select({ state: jobs.state, runLinkName: jobs.runLinkName })
    .from(jobs)
    .where(eq(jobs.id, id))
  return row?.state === 'running' && row.runLinkName !== null
}

/** Two submissions of one owner at the same time are counted one after the other. */
async function assertQuota(transaction: Transaction, owner: string, limit: number): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${owner}, 0))`)
  const [counted] = await transaction
    .select({ open: count() })
    .from(jobs)
    .where(and(eq(jobs.owner, owner), inArray(jobs.state, ['queued', 'running'])))
  const actual = counted?.open ?? 0
  if (actual >= limit) {
    const message = `expected at most ${limit} jobs of one user queued or running, got ${actual} already`
    throw new TrainingError('QUOTA_EXCEEDED', message, { limit, actual })
  }
}

/** The digests of files. */
export function digestsOf(files: readonly ArtifactDescriptor[]): readonly Sha256Hex[] {
  return [...new Set(files.map(({ sha256 }) => sha256))]
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}
