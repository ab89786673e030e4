/** A worker: takes jobs from the queue, one at a time, trains them, and signs what it saw. @module */

import { SdkError, TrainingError } from '@aibomgen/core'
import { recordRun, stageInputs, train, type PipelineDeps } from '@aibomgen/pipeline'

import type { Attributes } from '@opentelemetry/api'

import { inSpan } from '../operation/tracing.ts'
import { cancelAttempt, claimJob, failAttempt, handBack, noteRetry, recordAttempt, type Attempt } from './attempts.ts'
import type { Database } from './database.ts'
import { serveQueue } from './serve-queue.ts'
import { isInfrastructureFailure } from './infrastructure-failure.ts'
import type { Job, WorkerIdentity } from './job.ts'
import { RunReporter, type StopReason } from './run-reporter.ts'
import type { TrainingOptions } from './training-run.ts'
import { idleWorker, keepWorker, registerWorker, removeWorker } from './workers.ts'

/** What a worker needs. */
export interface WorkerDeps extends Omit<PipelineDeps, 'issuer'> {
  readonly database: Database
  /** Takes what goes wrong beside the jobs: a lost connection, an attempt that another worker has taken over. */
  readonly onError: (error: Error) => void
}

/** How a worker works. */
export interface WorkerOptions extends Pick<TrainingOptions, 'limits' | 'keySeparation' | 'requireIsolation'> {
  readonly identity: WorkerIdentity
  /** How long a run may still take once the worker is asked to stop; after that its job is handed back. */
  readonly graceSeconds: number
}

const SEEN_SECONDS = 5

/**
 * Works until `signal` aborts: it then takes no more jobs, finishes the one that it has, or hands it back.
 *
 * A job ends `failed` only by what it does itself. Where the infrastructure fails, or this process dies, the queue gives
 * the job to a worker again, and whatever this one still tries to write of it is refused.
 */
export async function runWorker(deps: WorkerDeps, options: WorkerOptions, signal: AbortSignal): Promise<void> {
  const { database, onError } = deps
  const { identity, graceSeconds } = options
  await registerWorker(database, identity)
  const seen = setInterval(() => void keepWorker(database, identity.id).catch(onError), SEEN_SECONDS * 1000)
  const handingBack = new AbortController()
  let grace: NodeJS.Timeout | undefined
  signal.addEventListener('abort', () => {
    grace = setTimeout(() => handingBack.abort(), graceSeconds * 1000)
  })
  try {
    const run = { deps, options, handingBack: handingBack.signal }
    await serveQueue(database, 'train', (jobId, claim) => runJob(jobId, claim, run), signal)
  } finally {
    clearTimeout(grace)
    clearInterval(seen)
    await removeWorker(database, identity.id)
  }
}

interface Run {
  readonly deps: WorkerDeps
  readonly options: WorkerOptions
  /** Aborts when there is no time left to finish. */
  readonly handingBack: AbortSignal
}

/** @param claim - aborts when the queue has taken this process for dead */
async function runJob(jobId: string, claim: AbortSignal, { deps, options, handingBack }: Run): Promise<void> {
  const { database, onError } = deps
  const job = await claimJob(database, jobId, options.identity.id)
  if (job === undefined) return
  const attempt = { jobId, attempt: job.attempt }
  const stopping = new AbortController()
  const stop = (reason: StopReason): void => stopping.abort(reason)
  abortWith(claim, () => stop('superseded'))
  abortWith(handingBack, () => stop('handed back'))
  const reporter = new RunReporter(database, attempt, { stop, onError })
  try {
    const facts = { parent: job.traceParent, kind: 'consumer', attributes: attributesOf(attempt) } as const
    await inSpan('run job', facts, (parent) =>
      trainJob(job, attempt, { deps, options, reporter, signal: stopping.signal, parent }),
    )
  } catch (error) {
    await reporter.close()
    await settle(attempt, error, stopping.signal, deps)
  } finally {
    await idleWorker(database, options.identity.id)
  }
}

async function trainJob(
  job: Job,
  attempt: Attempt,
  run: Omit<Run, 'handingBack'> & {
    readonly reporter: RunReporter
    readonly signal: AbortSignal
    /** The span that all of it is a part of. */
    readonly parent: string | undefined
  },
): Promise<void> {
  const { deps, options, reporter, signal, parent } = run
  await using workspace = await deps.workspaces.create(job.id)
  const staged = await inSpan('stage inputs', { parent }, () => stageInputs(job, deps, workspace))
  const trained = await inSpan('train', { parent }, () =>
    train(staged, deps, {
      ...options,
      signal,
      onEvent: (event) => reporter.addEvent(event),
      onLog: (bytes) => reporter.addLog(bytes),
    }),
  )
  const recorded = await inSpan('record run', { parent }, () => recordRun(trained, deps.workerSigner))
  await reporter.close()
  const files = [...Object.values(trained.outputs), ...Object.values(trained.byproducts)]
  await recordAttempt(deps.database, attempt, recorded, { files, store: deps.store })
}

/** Says what has become of an attempt that did not succeed. What it throws, the queue tries again. */
async function settle(attempt: Attempt, error: unknown, stopped: AbortSignal, deps: WorkerDeps): Promise<void> {
  const { database, onError } = deps
  const reason = stopped.reason as StopReason | undefined
  if (reason === 'superseded') return onError(superseded(attempt, error))
  try {
    if (reason === 'handed back') return await handBack(database, attempt)
    if (isCode(error, 'CANCELLED')) return await cancelAttempt(database, attempt)
    if (!(error instanceof SdkError)) onError(error instanceof Error ? error : new TypeError(String(error)))
    if (!isInfrastructureFailure(error)) return await failAttempt(database, attempt, error)
    await noteRetry(database, attempt, error)
  } catch (cause) {
    if (isCode(cause, 'ATTEMPT_SUPERSEDED')) return onError(superseded(attempt, error))
    throw new AggregateError([error, cause], `attempt ${attempt.attempt} could not be settled`, { cause })
  }
  throw error
}

function attributesOf({ jobId, attempt }: Attempt): Attributes {
  return { 'aibomgen.job.id': jobId, 'aibomgen.job.attempt': attempt }
}

function superseded({ jobId, attempt }: Attempt, cause: unknown): TrainingError {
  const message = `attempt ${attempt} at job ${jobId} counts no more, and was given up`
  return new TrainingError('ATTEMPT_SUPERSEDED', message, { jobId, attempt }, { cause })
}

function isCode(error: unknown, code: TrainingError['code']): error is TrainingError {
  return error instanceof TrainingError && error.code === code
}

/** Calls `action` when the signal aborts, or now where it has. */
function abortWith(signal: AbortSignal, action: () => void): void {
  if (signal.aborted) action()
  else signal.addEventListener('abort', action, { once: true })
}
