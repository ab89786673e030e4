/** A training job as it is asked for: what to train, on what, how. Nothing is read yet. @module */

import type { BytesIdentity, JobFileRole } from '@aibomgen/core'
import {
  fillTrainingParameters,
  parseModelMetadata,
  type ModelMetadata,
  type TrainingParameters,
} from '@aibomgen/trainer/job'

/** A file of the submitter's. `name` is what they call it: data for people, never a path. */
export type InputSource = FileSource | StoredSource

/** A file that is still to be read. */
export interface FileSource {
  readonly name: string
  /** The file's bytes from its start. Called once. */
  open(): AsyncIterable<Uint8Array>
}

/** A file that the store took already, while it arrived. Its size is for whoever took it to bound. */
export interface StoredSource {
  readonly name: string
  readonly stored: BytesIdentity
}

/** A job that makes sense in itself: every parameter in its range, every metadata field a known one. */
export interface TrainingJob {
  readonly parameters: TrainingParameters
  readonly metadata: ModelMetadata
  readonly files: Readonly<Record<JobFileRole, InputSource>>
}

/** What a job is asked for with: parameters and metadata by their wire names, values as they came. */
export interface JobRequest {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<JobFileRole, InputSource>>
}

/**
 * The job that is asked for, with defaults filled in.
 *
 * @param options.seed - what the run's randomness is drawn from where the request names no seed; 1 … 2³¹ − 1
 * @throws ParseError `PARAMETER_INVALID`, `DOCUMENT_INVALID`
 */
export function parseTrainingJob(request: JobRequest, options: { readonly seed: number }): TrainingJob {
  return {
    parameters: fillTrainingParameters(request.parameters, options),
    metadata: parseModelMetadata(request.metadata),
    files: request.files,
  }
}
