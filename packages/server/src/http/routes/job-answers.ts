/** What is said of a job over HTTP. @module */

import type { ArtifactDescriptor } from '@aibomgen/core'
import * as z from 'zod'

import { leftOut } from '../openapi.ts'

import { DELETED_FILES } from '../../jobs/job-records.ts'
import { JOB_STATES, type Job, type JobState } from '../../jobs/job.ts'

/** A file, by what it is. `name` is its name in a release; of an input, what its submitter calls it. */
export interface FileAnswer {
  readonly name: string
  readonly sha256: string
  readonly size_bytes: number
}

/** A job. Times are RFC 3339 in UTC. */
export interface JobAnswer {
  readonly job_id: string
  readonly state: JobState
  readonly owner: string
  readonly attempt: number
  readonly priority: number
  readonly submitted_at: string
  readonly started_at?: string
  readonly ended_at?: string
  readonly cancel_requested_at?: string
  readonly files_deleted_at?: string
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  readonly metadata: Readonly<Record<string, string>>
  readonly files: Readonly<Record<'model' | 'dataset' | 'definition', FileAnswer>>
  readonly progress?: {
    readonly epoch: number
    readonly epochs: number
    readonly metrics: Readonly<Record<string, number>>
    readonly seconds_left?: number
  }
  readonly failure?: { readonly code: string; readonly message: string }
}

const fileSchema = z.object({ name: z.string(), sha256: z.string(), size_bytes: z.number() }).meta({ id: 'File' })

/** The schema of a job. */
export const jobAnswerSchema: z.ZodType<JobAnswer> = z
  .object({
    job_id: z.string(),
    state: z.enum(JOB_STATES),
    owner: z.string(),
    attempt: z.number(),
    priority: z.number(),
    submitted_at: z.string(),
    started_at: leftOut(z.string()),
    ended_at: leftOut(z.string()),
    cancel_requested_at: leftOut(z.string()),
    files_deleted_at: leftOut(z.string()),
    parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    metadata: z.record(z.string(), z.string()),
    files: z.object({ model: fileSchema, dataset: fileSchema, definition: fileSchema }),
    progress: leftOut(
      z.object({
        epoch: z.number(),
        epochs: z.number(),
        metrics: z.record(z.string(), z.number()),
        seconds_left: leftOut(z.number()),
      }),
    ),
    failure: leftOut(z.object({ code: z.string(), message: z.string() })),
  })
  .meta({ id: 'Job' })

/** A job, as it is told. */
export function describeJob(job: Job): JobAnswer {
  const { record, progress, failure } = job
  const { model, dataset, definition } = record.files
  return {
    job_id: job.id,
    state: job.state,
    owner: job.owner,
    attempt: job.attempt,
    priority: job.priority,
    submitted_at: job.submittedAt,
    ...(job.startedAt && { started_at: job.startedAt }),
    ...(job.endedAt && { ended_at: job.endedAt }),
    ...(job.cancelRequestedAt && { cancel_requested_at: job.cancelRequestedAt }),
    ...(job.filesDeletedAt && { files_deleted_at: job.filesDeletedAt }),
    parameters: record.parameters,
    metadata: record.metadata,
    files: { model: describeFile(model), dataset: describeFile(dataset), definition: describeFile(definition) },
    ...(progress && { progress: describeProgress(progress) }),
    ...(failure && { failure: { code: failure.code, message: failure.message } }),
  }
}

/** The files of a job that can be had: all of its release, but for those that were deleted. None before it is completed. */
export function filesOf({ release, filesDeletedAt }: Job): readonly ArtifactDescriptor[] {
  if (release === undefined) return []
  const files = [...release.files, release.index]
  if (filesDeletedAt === undefined) return files
  return files.filter(({ name }) => !DELETED_FILES.includes(name))
}

function describeFile({ name, sha256, sizeBytes }: ArtifactDescriptor): FileAnswer {
  return { name, sha256, size_bytes: sizeBytes }
}

function describeProgress(progress: NonNullable<Job['progress']>): NonNullable<JobAnswer['progress']> {
  const { epoch, epochs, metrics, secondsLeft } = progress
  return { epoch, epochs, metrics, ...(secondsLeft !== undefined && { seconds_left: secondsLeft }) }
}
