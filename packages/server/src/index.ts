/** Many training jobs: database, queue, workers, and the HTTP API over them. @module */

export type { Database, DatabaseConfig, DatabaseDeps, Queries, Transaction } from './jobs/database.ts'
export type {
  Job,
  JobEvent,
  JobEventType,
  JobFailure,
  JobProgress,
  JobRelease,
  JobState,
  WorkerIdentity,
  WorkerReport,
} from './jobs/job.ts'
