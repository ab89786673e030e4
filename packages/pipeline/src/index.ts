/** One training job, from its inputs to a published release. @module */

export { createIssuer, type Evidence, type IssueOptions, type Issuer, type IssuerDeps } from './issue.ts'
export { buildJobLayout, signJobLayout, type JobLayoutFacts } from './job-layout.ts'
export { publishRelease, type PublishOptions, type Release } from './publish-release.ts'
export { recordRun, type RecordedRun } from './record-run.ts'
export { runTrainingJob, type PipelineDeps } from './run-training-job.ts'
export {
  reproduceRelease,
  type ReproduceDeps,
  type ReproducibleRelease,
  type SignedReproduction,
} from './reproduce-release.ts'
export { stageInputs, type StageDeps, type StagedJob } from './stage-inputs.ts'
export { submitJob, type InputLimits, type SignedFile, type SubmitDeps, type SubmittedJob } from './submit-job.ts'
export { train, type TrainDeps, type TrainedJob, type VulnerabilitySearch } from './train.ts'
export {
  parseTrainingJob,
  type FileSource,
  type InputSource,
  type JobRequest,
  type StoredSource,
  type TrainingJob,
} from './training-job.ts'
export { createWorkspaces, type Workspace, type Workspaces } from './workspace.ts'
export { assertOutputFree, buildEvidenceBundle, writeReleaseDirectory } from './write-release.ts'
