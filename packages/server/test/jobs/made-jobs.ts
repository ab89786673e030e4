/** Jobs, runs and releases that nobody ever trained: for tests of what is kept of them. @module */

import {
  JOB_RECORD_TYPE,
  parseTimestamp,
  sha256Hex,
  utf8Encode,
  type ArtifactDescriptor,
  type JobRecord,
} from '@aibomgen/core'
import type { RecordedRun, Release, SubmittedJob } from '@aibomgen/pipeline'

import { describeInputs } from '../../src/jobs/job-rows.ts'

/** A job of its own, with files of its own. */
export function makeJob(): SubmittedJob {
  const id = crypto.randomUUID()
  const record: JobRecord = {
    _type: JOB_RECORD_TYPE,
    jobId: id,
    submittedAt: parseTimestamp('2026-11-22T12:00:00Z'),
    parameters: { epochs: 3, validation_split: 0.2, shuffle: true },
    metadata: { model_name: 'Wein & Käse' },
    files: {
      model: describe('model.keras', `model ${id}`),
      dataset: describe('data.csv', `dataset ${id}`),
      definition: describe('definition.yaml', `definition ${id}`),
    },
  }
  const receipt = { name: 'submit_inputs.00000000.link', bytes: utf8Encode(`receipt ${id}`) }
  return { id, record, inputs: describeInputs(record), receipt }
}

/** The two signed files of a run. */
export function makeRun(job: SubmittedJob): RecordedRun {
  return { receipt: job.receipt, link: { name: 'run_training.00000000.link', bytes: utf8Encode(`run ${job.id}`) } }
}

/** A release of a job. */
export function makeRelease(job: SubmittedJob): Release {
  return {
    jobId: job.id,
    index: describe('release.json', `index ${job.id}`),
    files: [describe('outputs/trained_model.keras', `trained ${job.id}`), describe('aibom.json', `aibom ${job.id}`)],
  }
}

function describe(name: string, content: string): ArtifactDescriptor {
  const bytes = utf8Encode(content)
  return { name, sha256: sha256Hex(bytes), sizeBytes: bytes.length }
}
