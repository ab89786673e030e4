/** One training job, from its submission to its release. @module */

import type { Signer } from '@aibomgen/core'
import type { TrainingOptions } from '@aibomgen/trainer'

import type { Issuer } from './issue.ts'
import { publishRelease, type PublishOptions, type Release } from './publish-release.ts'
import { recordRun } from './record-run.ts'
import { stageInputs, type StageDeps } from './stage-inputs.ts'
import type { SubmittedJob } from './submit-job.ts'
import { train, type TrainDeps } from './train.ts'
import type { Workspaces } from './workspace.ts'

/** What a job needs to run. */
export interface PipelineDeps extends StageDeps, TrainDeps {
  readonly store: TrainDeps['store']
  readonly clock: TrainDeps['clock']
  readonly workspaces: Workspaces
  readonly workerSigner: Signer
  readonly issuer: Issuer
}

/**
 * Trains a submitted job and publishes what came of it, with evidence that anyone can verify.
 *
 * @throws SdkError of the stage that failed; nothing of the job is published then, and its workspace is gone
 */
export async function runTrainingJob(
  job: SubmittedJob,
  deps: PipelineDeps,
  options: TrainingOptions & PublishOptions,
): Promise<Release> {
  await using workspace = await deps.workspaces.create(job.id)
  const staged = await stageInputs(job, deps, workspace)
  const trained = await train(staged, deps, options)
  const recorded = await recordRun(trained, deps.workerSigner)
  const evidence = await deps.issuer.issue(recorded)
  return await publishRelease(evidence, deps.store, options)
}
