/** Many training jobs: database, queue, workers, and the HTTP API over them. @module */

export { reviveJob } from './jobs/attempts.ts'
export {
  openDatabase,
  type Database,
  type DatabaseConfig,
  type DatabaseDeps,
  type Queries,
  type Transaction,
} from './jobs/database.ts'
export { listEvents, watchEvents } from './jobs/events.ts'
export { isInfrastructureFailure } from './jobs/infrastructure-failure.ts'
export { runIssuer, type IssuerWorkDeps } from './jobs/issuer.ts'
export {
  deleteFiles,
  findJob,
  findReleasesBySha256,
  listJobs,
  requestCancel,
  selectHeld,
  submitRecord,
  type JobQuery,
  type Submission,
} from './jobs/job-records.ts'
export {
  JOB_STATES,
  type Job,
  type JobEvent,
  type JobEventType,
  type JobFailure,
  type JobProgress,
  type JobRelease,
  type JobState,
  type WorkerIdentity,
  type WorkerReport,
} from './jobs/job.ts'
export { readLog } from './jobs/logs.ts'
export { queueDepth, type QueueDepth } from './jobs/queue.ts'
export { runWorker, type WorkerDeps, type WorkerOptions } from './jobs/worker.ts'
export { listWorkers } from './jobs/workers.ts'
