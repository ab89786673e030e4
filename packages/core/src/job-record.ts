/** The job record, `inputs/job.json`: everything about a job that is fixed when it is submitted. @module */

import * as z from 'zod'

import { canonicalizeJson } from './canonical-json.ts'
import { sha256HexSchema, type Sha256Hex } from './digest.ts'
import { JOB_RECORD_TYPE } from './documents.ts'
import { parseJson } from './json.ts'
import { parseTimestamp, type Timestamp } from './time.ts'
import { parseWith } from './zod-problems.ts'

/** A file as its submitter handed it in. `name` is data for people, never a path. */
export interface SubmittedFile {
  readonly name: string
  readonly sha256: Sha256Hex
  readonly sizeBytes: number
}

/** The files of a job, by what they are. */
export type JobFileRole = 'model' | 'dataset' | 'definition'

/** A training parameter's value. */
export type ParameterValue = string | number | boolean

/**
 * One job, fixed at submission: what will be trained on what, with which parameters. The training child takes its
 * parameters from this record and from nowhere else; a retry uses the same bytes.
 */
export interface JobRecord {
  readonly _type: typeof JOB_RECORD_TYPE
  /** UUID, drawn at submission. */
  readonly jobId: string
  readonly submittedAt: Timestamp
  /** Every parameter, defaults filled in, seed drawn. Absent ones (`steps_per_epoch`) are left out, never null. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** What the submitter said about the model; only what was said. */
  readonly metadata: Readonly<Record<string, string>>
  readonly files: Readonly<Record<JobFileRole, SubmittedFile>>
}

const MAX_BYTES = 1024 * 1024

const fileSchema = z.strictObject({
  name: z.string().min(1).max(1024),
  sha256: sha256HexSchema,
  sizeBytes: z.int().min(0),
})

/** An object whose members the submitter names. Zod would drop `__proto__` without a word. */
function namedBySubmitter<T>(value: z.ZodType<T>): z.ZodType<Record<string, T>, unknown> {
  return z
    .unknown()
    .refine((members) => !isObject(members) || !Object.hasOwn(members, '__proto__'), 'no member called __proto__')
    .pipe(z.record(z.string().min(1), value))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

const jobRecordSchema = z.strictObject({
  _type: z.literal(JOB_RECORD_TYPE),
  jobId: z.uuid(),
  submittedAt: z.string().transform((text) => parseTimestamp(text)),
  parameters: namedBySubmitter(z.union([z.string(), z.number(), z.boolean()])),
  metadata: namedBySubmitter(z.string()),
  files: z.strictObject({ model: fileSchema, dataset: fileSchema, definition: fileSchema }),
})

/**
 * The record that `bytes` (strict JSON, at most 1 MiB) spell. Says nothing about whether the parameters make sense:
 * that is the trainer's to know.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`
 */
export function parseJobRecord(bytes: Uint8Array): JobRecord {
  const value = parseJson(bytes, { maxBytes: MAX_BYTES, document: 'job.json' })
  return parseWith(jobRecordSchema, value, 'job.json')
}

/** The record's bytes: RFC 8785 canonical JSON, so that one record has one digest. */
export function serializeJobRecord(record: JobRecord): Uint8Array {
  return canonicalizeJson(record)
}
