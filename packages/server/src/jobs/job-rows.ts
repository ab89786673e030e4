/** From a row of the table of jobs to a job. @module */

import {
  parseJobRecord,
  parseWith,
  serializeJobRecord,
  sha256Hex,
  sha256HexSchema,
  type ArtifactDescriptor,
  type InputName,
  type JobRecord,
} from '@aibomgen/core'
import * as z from 'zod'

import type { Job, JobFailure, JobProgress, JobRelease } from './job.ts'
import type { jobs } from './schema.ts'

type JobRow = typeof jobs.$inferSelect

const artifactSchema: z.ZodType<ArtifactDescriptor> = z.strictObject({
  name: z.string().min(1),
  sha256: sha256HexSchema,
  sizeBytes: z.int().min(0),
})
const releaseSchema: z.ZodType<JobRelease> = z.strictObject({ index: artifactSchema, files: z.array(artifactSchema) })
const failureSchema: z.ZodType<JobFailure> = z.strictObject({ code: z.string(), message: z.string() })
const progressSchema: z.ZodType<JobProgress> = z.strictObject({
  epoch: z.int(),
  epochs: z.int(),
  metrics: z.record(z.string(), z.number()),
  secondsLeft: z.number().exactOptional(),
})

/**
 * The job that a row spells.
 *
 * @throws ParseError for a row that somebody has tampered with
 */
export function parseJobRow(row: JobRow): Job {
  const record = parseJobRecord(row.record)
  const document = `job ${row.id}`
  return {
    id: row.id,
    owner: row.owner,
    state: row.state,
    attempt: row.attempt,
    priority: row.priority,
    submittedAt: row.submittedAt,
    record,
    inputs: describeInputs(record),
    receipt: describeBytes(row.receiptName, row.receipt),
    ...whereThere({
      startedAt: row.startedAt,
      endedAt: row.endedAt,
      cancelRequestedAt: row.cancelRequestedAt,
      filesDeletedAt: row.filesDeletedAt,
      traceParent: row.traceParent,
      release: row.release === null ? null : parseWith(releaseSchema, row.release, `release of ${document}`),
      failure: row.failure === null ? null : parseWith(failureSchema, row.failure, `failure of ${document}`),
      progress: row.progress === null ? null : parseWith(progressSchema, row.progress, `progress of ${document}`),
    }),
  }
}

/** What the four inputs are: all of it stands in the job record. */
export function describeInputs(record: JobRecord): Readonly<Record<InputName, ArtifactDescriptor>> {
  const { model, dataset, definition } = record.files
  const { name, sha256, sizeBytes } = describeBytes('inputs/job.json', serializeJobRecord(record))
  return {
    'inputs/job.json': { name, sha256, sizeBytes },
    'inputs/model': { ...model, name: 'inputs/model' },
    'inputs/dataset': { ...dataset, name: 'inputs/dataset' },
    'inputs/definition': { ...definition, name: 'inputs/definition' },
  }
}

function describeBytes(name: string, bytes: Uint8Array): ArtifactDescriptor & { readonly bytes: Uint8Array } {
  return { name, sha256: sha256Hex(bytes), sizeBytes: bytes.length, bytes }
}

/** A column that is NULL is a member that is not there. */
function whereThere<T extends object>(members: T): { readonly [Key in keyof T]?: NonNullable<T[Key]> } {
  const there = Object.entries(members).filter(([, value]) => value !== null)
  return Object.fromEntries(there) as { readonly [Key in keyof T]?: NonNullable<T[Key]> }
}
