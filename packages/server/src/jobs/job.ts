/** A job as the platform keeps it, and what it tells of it. @module */

import type { ArtifactDescriptor, InputName, JobRecord, JsonObject, KeyId, Timestamp } from '@aibomgen/core'
import type { SignedFile, TrainedJob } from '@aibomgen/pipeline'

/** Where a job stands. The last three are ends: no job leaves them, but for a dead letter that an operator revives. */
export const JOB_STATES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const
/** One of the states. */
export type JobState = (typeof JOB_STATES)[number]

/** Why a job failed: the code of an `SdkError`, or `INTERNAL`, and a message for people. */
export interface JobFailure {
  readonly code: string
  readonly message: string
}

/** How far a run is. Epochs count from 1; `metrics` are the latest. */
export interface JobProgress {
  readonly epoch: number
  readonly epochs: number
  readonly metrics: Readonly<Record<string, number>>
  readonly secondsLeft?: number
}

/** What was published: all of it is in the store, under these digests. */
export interface JobRelease {
  readonly index: ArtifactDescriptor
  /** All files of the release but the index. */
  readonly files: readonly ArtifactDescriptor[]
}

/** A job. */
export interface Job {
  /** The job record's UUID. */
  readonly id: string
  /** The user whose job it is. */
  readonly owner: string
  readonly state: JobState
  /** How often a worker has begun it; 0 before the first time. */
  readonly attempt: number
  /** Higher runs earlier; equal ones in the order of their submission. */
  readonly priority: number
  readonly submittedAt: Timestamp
  /** When the attempt began that counts. */
  readonly startedAt?: Timestamp
  readonly endedAt?: Timestamp
  readonly record: JobRecord
  readonly inputs: Readonly<Record<InputName, ArtifactDescriptor>>
  /** The `submit_inputs` link. */
  readonly receipt: ArtifactDescriptor & SignedFile
  /** There once the job is `completed`. */
  readonly release?: JobRelease
  /** Why the job failed; while it is `queued` again, why its last attempt did. */
  readonly failure?: JobFailure
  readonly progress?: JobProgress
  /** Somebody asked for its end; a running job ends within a batch. */
  readonly cancelRequestedAt?: Timestamp
  /** Model, data set and trained model are gone since then; the evidence stays. */
  readonly filesDeletedAt?: Timestamp
  /** The span of its submission (W3C Trace Context), where traces are recorded. */
  readonly traceParent?: string
}

/**
 * What an event tells: `state` the state that was reached (`{state, failure?}`), `retry` an attempt that failed for
 * reasons of the infrastructure (`{code, message}`), `started`, `batch` and `epoch` what training tells (`TrainingEvent`
 * without its type).
 */
export type JobEventType = 'state' | 'retry' | 'started' | 'batch' | 'epoch'

/** Something that happened to a job. */
export interface JobEvent {
  /** Grows with every event of a job: where a reader goes on after it was cut off. */
  readonly sequence: number
  readonly jobId: string
  readonly attempt: number
  readonly at: Timestamp
  readonly type: JobEventType
  readonly data: JsonObject
}

/** What a worker says that it is, and what it can enforce. It is a claim of the worker's, no evidence. */
export interface WorkerIdentity {
  /** Unique among workers: a new one for each start. */
  readonly id: string
  readonly keyid: KeyId
  readonly isolation: TrainedJob['isolation']
  /** The engines that it can train with, by name. */
  readonly backends: readonly string[]
  /** The processor's name. */
  readonly cpu: string
  readonly version: string
}

/** A worker, as the platform knows it. */
export interface WorkerReport extends WorkerIdentity {
  readonly startedAt: Timestamp
  readonly lastSeenAt: Timestamp
  /** The job that it runs just now. */
  readonly jobId?: string
}
