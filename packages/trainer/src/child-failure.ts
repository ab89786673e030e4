/** From a training child's account of its failure back to the error that it met. @module */

import {
  ArtifactError,
  ParseError,
  TrainingError,
  type ArtifactErrorDetails,
  type JsonObject,
  type ParseErrorDetails,
  type TrainingErrorDetails,
} from '@aibomgen/core'
import * as z from 'zod'

/** The details of each code, as a schema: what the child says is a stranger's. */
type DetailSchemas<Details> = { readonly [Code in keyof Details]: z.ZodType<Details[Code]> }
/** Codes of `TrainingError` that only the parent can know of, or the platform around it. */
type ParentCode =
  | 'ISOLATION_UNAVAILABLE'
  | 'LIMIT_REACHED'
  | 'CHILD_DIED'
  | 'CHILD_PROTOCOL'
  | 'QUOTA_EXCEEDED'
  | 'JOB_NOT_FOUND'
  | 'JOB_STATE'
  | 'ATTEMPT_SUPERSEDED'
  | 'RETRIES_EXHAUSTED'

const text = z.string()
const number = z.number()
const nothing = z.strictObject({})
const reason = z.strictObject({ reason: text })
const problems = z.strictObject({
  document: text,
  problems: z.array(z.strictObject({ path: text, expected: text, got: text })),
})
const pathAndReason = z.strictObject({ path: text, reason: text })

const PARSE_DETAILS: DetailSchemas<ParseErrorDetails> = {
  JSON_INVALID: z.strictObject({ reason: text, offset: number }),
  LIMIT_EXCEEDED: z.strictObject({ what: text, limit: number, actual: number }),
  ENCODING_INVALID: z.strictObject({ encoding: text }),
  TIMESTAMP_INVALID: z.strictObject({ value: text }),
  NOT_CANONICALIZABLE: z.strictObject({ path: text, reason: text }),
  DOCUMENT_INVALID: problems,
  KEY_INVALID: reason,
  DEFINITION_INVALID: problems,
  PARAMETER_INVALID: problems,
  FORMAT_UNSUPPORTED: z.strictObject({ file: text, expected: text, got: text }),
}

const TRAINING_DETAILS: DetailSchemas<Omit<TrainingErrorDetails, ParentCode>> = {
  MODEL_INVALID: reason,
  MODEL_UNSUPPORTED: z.strictObject({ kind: text, name: text, where: text }),
  MODEL_NOT_COMPILED: nothing,
  SHAPE_MISMATCH: z.strictObject({ what: text, expected: text, got: text }),
  DATASET_INVALID: z.strictObject({
    reason: text,
    row: number.exactOptional(),
    column: text.exactOptional(),
    file: text.exactOptional(),
  }),
  SPLIT_EMPTY: z.strictObject({ part: z.enum(['train', 'validation']), rows: number, validationSplit: number }),
  TRAINING_DIVERGED: z.strictObject({ epoch: number, metric: text }),
  BACKEND_UNAVAILABLE: z.strictObject({ backend: text, reason: text }),
  CANCELLED: nothing,
}

const ARTIFACT_DETAILS: DetailSchemas<Pick<ArtifactErrorDetails, 'FILE_UNREADABLE' | 'OUTPUT_UNWRITABLE'>> = {
  FILE_UNREADABLE: pathAndReason,
  OUTPUT_UNWRITABLE: pathAndReason,
}

/** A failure as the child tells it. */
export interface ToldFailure {
  readonly code: string
  readonly message: string
  readonly detail: JsonObject
}

/**
 * The error that the child met: of the class that its code belongs to, its detail checked, its message on one line.
 * A code that a child cannot know, or a detail that is not its code's, gives a `CHILD_PROTOCOL` error.
 */
export function rebuildFailure(told: ToldFailure): ParseError | TrainingError | ArtifactError {
  const message = told.message.replaceAll(/\p{Cc}+/gu, ' ')
  const { code } = told
  if (isCodeOf(PARSE_DETAILS, code)) {
    const detail = PARSE_DETAILS[code].safeParse(told.detail)
    if (detail.success) return new ParseError(code, message, detail.data)
  }
  if (isCodeOf(TRAINING_DETAILS, code)) {
    const detail = TRAINING_DETAILS[code].safeParse(told.detail)
    if (detail.success) return new TrainingError(code, message, detail.data)
  }
  if (isCodeOf(ARTIFACT_DETAILS, code)) {
    const detail = ARTIFACT_DETAILS[code].safeParse(told.detail)
    if (detail.success) return new ArtifactError(code, message, detail.data)
  }
  const reason = `the training child failed with ${code}: ${message}`
  return new TrainingError('CHILD_PROTOCOL', reason, { reason })
}

function isCodeOf<Details extends object>(details: Details, code: string): code is keyof Details & string {
  return Object.hasOwn(details, code)
}
