/** One attempt at a job: every write asks first whether this is still the attempt that counts. @module */

import { SdkError, TrainingError, type ArtifactDescriptor, type ArtifactStore, type JsonObject } from '@aibomgen/core'
import type { RecordedRun, Release } from '@aibomgen/pipeline'
import { and, eq, inArray, isNull } from 'drizzle-orm'

import type { Database, Transaction } from './database.ts'
import { writeEvents, type NewEvent } from './events.ts'
import { keepArtifacts } from './held-artifacts.ts'
import { digestsOf, findJob, lockJob } from './job-records.ts'
import type { Job, JobFailure, JobProgress } from './job.ts'
import { enqueue } from './queue.ts'
import { jobFiles, jobLogs, jobs, workers } from './schema.ts'

/** An attempt: what fences a worker that was thought dead. */
export interface Attempt {
  readonly jobId: string
  readonly attempt: number
}

/** A run that awaits its issuer. */
export interface RecordedAttempt extends Attempt {
  readonly run: RecordedRun
  readonly traceParent?: string
}

/** Files that a job is to hold. */
export interface HeldFiles {
  readonly files: readonly ArtifactDescriptor[]
  /** Where they are: asked once more whether they are there. */
  readonly store?: Pick<ArtifactStore, 'has'> | undefined
}

/** What a worker tells of a run while it goes on. */
export interface RunNews {
  readonly progress?: JobProgress
  readonly events: readonly Pick<NewEvent, 'type' | 'data'>[]
  readonly log: Uint8Array
}

/**
 * Begins the next attempt at a job, and ends whatever attempt there was: from now on its writes are refused. Nothing, for
 * a job that has ended, that was trained already, or whose end was asked for, which it has herewith.
 */
export async function claimJob(database: Database, jobId: string, workerId: string): Promise<Job | undefined> {
  return database.transact(async (transaction) => {
    const job = await lockJob(transaction, jobId)
    if (job.endedAt !== undefined || (await findRun(transaction, jobId)) !== undefined) return undefined
    if (job.cancelRequestedAt !== undefined) {
      await end(database, transaction, { jobId, attempt: job.attempt }, { state: 'cancelled' })
      return undefined
    }
    const attempt = job.attempt + 1
    await transaction
      .update(jobs)
      .set({ state: 'running', attempt, startedAt: database.clock.now(), failure: null, progress: null })
      .where(eq(jobs.id, jobId))
    await transaction.update(workers).set({ jobId }).where(eq(workers.id, workerId))
    await writeEvents(database, transaction, [{ jobId, attempt, type: 'state', data: { state: 'running' } }])
    return findJob({ db: transaction }, jobId)
  })
}

/**
 * Keeps what a run tells, and says whether its end was asked for.
 *
 * @throws TrainingError `ATTEMPT_SUPERSEDED`
 */
export async function reportNews(
  database: Database,
  attempt: Attempt,
  { progress, events, log }: RunNews,
): Promise<{ readonly cancelRequested: boolean }> {
  return database.transact(async (transaction) => {
    const job = await lockAttempt(transaction, attempt)
    if (progress !== undefined) await transaction.update(jobs).set({ progress }).where(eq(jobs.id, job.id))
    if (log.length > 0) await transaction.insert(jobLogs).values({ ...attempt, bytes: log })
    const [first, ...others] = events.map((event) => ({ ...attempt, ...event }))
    if (first !== undefined) await writeEvents(database, transaction, [first, ...others])
    return { cancelRequested: job.cancelRequestedAt !== undefined }
  })
}

/**
 * Puts a run on record and before the issuer, in one transaction.
 *
 * @param held - what the run put into the store
 * @throws TrainingError `ATTEMPT_SUPERSEDED`; `CANCELLED` where the job's end was asked for meanwhile; ArtifactError
 * `STORE_UNAVAILABLE` where a file is gone again
 */
export async function recordAttempt(
  database: Database,
  attempt: Attempt,
  run: RecordedRun,
  { files, store }: HeldFiles,
): Promise<void> {
  const { jobId } = attempt
  await database.transact(async (transaction) => {
    const job = await lockAttempt(transaction, attempt)
    if (job.cancelRequestedAt !== undefined) throw new TrainingError('CANCELLED', 'training was cancelled', {})
    await transaction
      .update(jobs)
      .set({ runLinkName: run.link.name, runLink: run.link.bytes })
      .where(and(eq(jobs.id, jobId), isNull(jobs.runLinkName)))
    await holdFiles(transaction, jobId, { files, store })
    await enqueue(database, transaction, 'issue', { jobId, priority: job.priority })
  })
}

/** The run that awaits its issuer, if the job is at that point. */
export async function findRecordedAttempt(database: Database, jobId: string): Promise<RecordedAttempt | undefined> {
  const job = await findJob(database, jobId)
  if (job?.state !== 'running') return undefined
  const link = await findRun(database.db, jobId)
  if (link === undefined) return undefined
  const { name, bytes } = job.receipt
  const { attempt, traceParent } = job
  return { jobId, attempt, run: { receipt: { name, bytes }, link }, ...(traceParent !== undefined && { traceParent }) }
}

/**
 * Makes a release the job's, if the attempt still counts: the one moment at which a release becomes visible, whole. Of
 * any number of callers one succeeds.
 *
 * @throws TrainingError `ATTEMPT_SUPERSEDED`
 */
export async function publishAttempt(
  database: Database,
  attempt: Attempt,
  { index, files }: Release,
  { store }: Pick<HeldFiles, 'store'> = {},
): Promise<void> {
  await database.transact(async (transaction) => {
    await lockAttempt(transaction, attempt)
    await holdFiles(transaction, attempt.jobId, { files: [...files, index], store })
    await end(database, transaction, attempt, { state: 'completed', release: { index, files } })
  })
}

/**
 * The job has failed by itself: it is not tried again.
 *
 * @throws TrainingError `ATTEMPT_SUPERSEDED`
 */
export async function failAttempt(database: Database, attempt: Attempt, error: unknown): Promise<void> {
  await database.transact(async (transaction) => {
    await lockAttempt(transaction, attempt)
    await end(database, transaction, attempt, { state: 'failed', failure: describeFailure(error) })
  })
}

/**
 * The job has been stopped, as was asked for.
 *
 * @throws TrainingError `ATTEMPT_SUPERSEDED`
 */
export async function cancelAttempt(database: Database, attempt: Attempt): Promise<void> {
  await database.transact(async (transaction) => {
    await lockAttempt(transaction, attempt)
    await end(database, transaction, attempt, { state: 'cancelled' })
  })
}

/**
 * The infrastructure failed: the queue will try again. A job that was trained already keeps waiting for its issuer.
 *
 * @throws TrainingError `ATTEMPT_SUPERSEDED`
 */
export async function noteRetry(database: Database, attempt: Attempt, error: unknown): Promise<void> {
  const failure = describeFailure(error)
  await database.transact(async (transaction) => {
    await lockAttempt(transaction, attempt)
    const isTrained = (await findRun(transaction, attempt.jobId)) !== undefined
    const state = isTrained ? 'running' : 'queued'
    await transaction.update(jobs).set({ state, failure }).where(eq(jobs.id, attempt.jobId))
    await writeEvents(database, transaction, [{ ...attempt, type: 'retry', data: { ...failure } }])
  })
}

/**
 * Gives a job back that this worker has no time to finish: at once, to anybody, and with all its retries.
 *
 * @throws TrainingError `ATTEMPT_SUPERSEDED`
 */
export async function handBack(database: Database, attempt: Attempt): Promise<void> {
  const { jobId } = attempt
  await database.transact(async (transaction) => {
    const { priority } = await lockAttempt(transaction, attempt)
    await transaction.update(jobs).set({ state: 'queued', progress: null }).where(eq(jobs.id, jobId))
    await writeEvents(database, transaction, [{ ...attempt, type: 'state', data: { state: 'queued' } }])
    await enqueue(database, transaction, 'train', { jobId, priority })
  })
}

/** The infrastructure failed every time: the job is failed (`RETRIES_EXHAUSTED`), visibly, and whatever attempt there is ends. */
export async function buryJob(database: Database, jobId: string): Promise<void> {
  await database.transact(async (transaction) => {
    const job = await lockJob(transaction, jobId)
    if (job.endedAt !== undefined) return
    const last = job.failure === undefined ? 'its worker was lost' : `${job.failure.code}: ${job.failure.message}`
    const message = `given up after ${job.attempt} attempts; the last one: ${last}`
    const error = new TrainingError('RETRIES_EXHAUSTED', message, { jobId, attempts: job.attempt })
    await end(
      database,
      transaction,
      { jobId, attempt: job.attempt },
      { state: 'failed', failure: describeFailure(error) },
    )
  })
}

/**
 * Tries a dead letter again, from where it had come to.
 *
 * @throws TrainingError `JOB_NOT_FOUND`, `JOB_STATE`
 */
export async function reviveJob(database: Database, jobId: string): Promise<void> {
  await database.transact(async (transaction) => {
    const job = await lockJob(transaction, jobId)
    const { state, priority, attempt, failure } = job
    if (state !== 'failed' || failure?.code !== 'RETRIES_EXHAUSTED') {
      const message = `job ${jobId}: expected one that was given up, got one that is ${state}`
      throw new TrainingError('JOB_STATE', message, { jobId, state, expected: ['failed'] })
    }
    const isTrained = (await findRun(transaction, jobId)) !== undefined
    const revived = isTrained ? 'running' : 'queued'
    await transaction.update(jobs).set({ state: revived, endedAt: null }).where(eq(jobs.id, jobId))
    await writeEvents(database, transaction, [{ jobId, attempt, type: 'state', data: { state: revived } }])
    await enqueue(database, transaction, isTrained ? 'issue' : 'train', { jobId, priority })
  })
}

async function lockAttempt(transaction: Transaction, { jobId, attempt }: Attempt): Promise<Job> {
  const job = await lockJob(transaction, jobId)
  if (job.state !== 'running' || job.attempt !== attempt) {
    const message = `job ${jobId}: expected attempt ${attempt} to be running, got attempt ${job.attempt}, ${job.state}`
    throw new TrainingError('ATTEMPT_SUPERSEDED', message, { jobId, attempt })
  }
  return job
}

type Ending =
  | { readonly state: 'completed'; readonly release: Pick<Release, 'index' | 'files'> }
  | { readonly state: 'failed'; readonly failure: JobFailure }
  | { readonly state: 'cancelled' }

async function end(database: Database, transaction: Transaction, attempt: Attempt, ending: Ending): Promise<void> {
  const endedAt = database.clock.now()
  await transaction
    .update(jobs)
    .set({ failure: null, ...ending, endedAt })
    .where(eq(jobs.id, attempt.jobId))
  const failure = ending.state === 'failed' ? { failure: { ...ending.failure } } : {}
  const data: JsonObject = { state: ending.state, ...failure }
  await writeEvents(database, transaction, [{ ...attempt, type: 'state', data }])
}

async function findRun(db: Pick<Transaction, 'select'>, jobId: string): Promise<RecordedRun['link'] | undefined> {
  const [row] = await db.select({ name: jobs.runLinkName, bytes: jobs.runLink }).from(jobs).where(eq(jobs.id, jobId))
  if (row === undefined || row.name === null || row.bytes === null) return undefined
  return { name: row.name, bytes: row.bytes }
}

async function holdFiles(transaction: Transaction, jobId: string, { files, store }: HeldFiles): Promise<void> {
  if (store !== undefined) await keepArtifacts(transaction, store, digestsOf(files))
  const names = files.map(({ name }) => name)
  await transaction.delete(jobFiles).where(and(eq(jobFiles.jobId, jobId), inArray(jobFiles.name, names)))
  await transaction.insert(jobFiles).values(files.map(({ name, sha256 }) => ({ jobId, name, sha256 })))
}

/** Errors that are not ours may hold anything, a query with all its values too: only their kind is told. */
function describeFailure(error: unknown): JobFailure {
  if (error instanceof SdkError) return { code: String(error.code), message: error.message }
  const kind = error instanceof Error ? error.name : typeof error
  return { code: 'INTERNAL', message: `the platform itself failed (${kind})` }
}
