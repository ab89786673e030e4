/** An issuer at work: verifies what workers recorded, and publishes one release for each job, or none. @module */

import { SdkError, TrainingError, VerificationError, type ArtifactStore } from '@aibomgen/core'
import { publishRelease, type Issuer, type PublishOptions } from '@aibomgen/pipeline'

import { inSpan } from '../operation/tracing.ts'
import { failAttempt, findRecordedAttempt, noteRetry, publishAttempt, type RecordedAttempt } from './attempts.ts'
import type { Database } from './database.ts'
import { isInfrastructureFailure } from './infrastructure-failure.ts'
import { serveQueue } from './serve-queue.ts'

/** What an issuer at work needs. */
export interface IssuerWorkDeps {
  readonly database: Database
  readonly store: ArtifactStore
  /** What verifies links and signs evidence: in this process. */
  readonly issuer: Issuer
  /** Takes what goes wrong beside the jobs: a release that came too late. */
  readonly onError: (error: Error) => void
}

/** Issues and publishes until `signal` aborts, and finishes what it has. */
export async function runIssuer(deps: IssuerWorkDeps, options: PublishOptions, signal: AbortSignal): Promise<void> {
  await serveQueue(deps.database, 'issue', (jobId) => issueJob(jobId, deps, options), signal)
}

async function issueJob(jobId: string, deps: IssuerWorkDeps, options: PublishOptions): Promise<void> {
  const { database, onError } = deps
  const recorded = await findRecordedAttempt(database, jobId)
  if (recorded === undefined) return
  try {
    const { attempt, traceParent: parent } = recorded
    const attributes = { 'aibomgen.job.id': jobId, 'aibomgen.job.attempt': attempt }
    await inSpan('issue and publish', { parent, kind: 'consumer', attributes }, (own) =>
      publishRecorded(recorded, deps, { ...options, parent: own }),
    )
  } catch (error) {
    if (isSuperseded(error)) return onError(error)
    if (!(error instanceof SdkError)) onError(error instanceof Error ? error : new TypeError(String(error)))
    if (!isInfrastructureFailure(error)) return failAttempt(database, recorded, error)
    await noteRetry(database, recorded, error)
    throw error
  }
}

async function publishRecorded(
  recorded: RecordedAttempt,
  deps: IssuerWorkDeps,
  { parent, ...options }: PublishOptions & { readonly parent: string | undefined },
): Promise<void> {
  const { jobId } = recorded
  const evidence = await inSpan('issue', { parent }, () => deps.issuer.issue(recorded.run))
  if (evidence.jobId !== jobId) {
    const facts = { what: 'job id of the run', expected: jobId, actual: evidence.jobId }
    throw new VerificationError('EVIDENCE_MISMATCH', `expected a run of job ${jobId}, got ${evidence.jobId}`, facts)
  }
  await inSpan('publish', { parent }, async () => {
    const release = await publishRelease(evidence, deps.store, options)
    await publishAttempt(deps.database, recorded, release, { store: deps.store })
  })
}

function isSuperseded(error: unknown): error is TrainingError {
  return error instanceof TrainingError && error.code === 'ATTEMPT_SUPERSEDED'
}
