/** Everything that an AIBoM says about one training run, as plain data: what `buildAibom` takes. @module */

import type { ArtifactDescriptor, ParameterValue, Sha256Hex, Timestamp } from '@aibomgen/core'

import type { EnvironmentFacts } from './environment-facts.ts'
import type { DatasetFacts, ModelFacts } from './model-facts.ts'

/** Who ran the training and answers for the AIBoM. */
export interface Manufacturer {
  readonly name: string
  readonly url?: string
}

/** A file that a run was given. `submittedName` is what its submitter called it: data for people, never a path. */
export interface InputArtifact extends ArtifactDescriptor {
  readonly submittedName?: string
}

/** The trained model's file. `sha512` (128 lower-case hex digits) stands beside its SHA-256, as BSI TR-03183-2 asks. */
export interface ModelArtifact extends ArtifactDescriptor {
  readonly sha512?: string
}

/** A file of signed evidence: its name in the release, and the digest of its exact bytes. */
export interface EvidenceFile {
  readonly name: string
  readonly sha256: Sha256Hex
}

/** What is known about vulnerabilities of the training environment. Not having looked is not having found nothing. */
export type VulnerabilityFacts =
  | {
      readonly state: 'not scanned'
      /** Why, on one line, as the worker recorded it: `toReason`. Left out where its link says nothing. */
      readonly reason?: string
    }
  | {
      readonly state: 'scanned'
      /** The findings, a document of their own. */
      readonly document: EvidenceFile
      readonly scanner: string
      readonly scannedAt: Timestamp
      /** How many findings there are, by severity (`critical`, `high` …), zeros included. */
      readonly counts: Readonly<Record<string, number>>
    }

/** The files a run was given. */
export interface RunInputs {
  readonly job: InputArtifact
  readonly model: InputArtifact
  readonly dataset: InputArtifact
  readonly definition: InputArtifact
}

/** The files a run made, the same again from the same inputs. */
export interface RunOutputs {
  readonly trainedModel: ModelArtifact
  readonly metrics: ArtifactDescriptor
  readonly modelSummary: ArtifactDescriptor
  readonly preprocessing: ArtifactDescriptor
  readonly datasetManifest: ArtifactDescriptor
}

/** The files that only this run saw. */
export interface RunByproducts {
  readonly logs: ArtifactDescriptor
  readonly environment: ArtifactDescriptor
}

/** The signed evidence that was there before the AIBoM. `runTraining` holds one link per worker, one at least. */
export interface EvidenceFacts {
  readonly submitInputs: EvidenceFile
  readonly runTraining: readonly EvidenceFile[]
  readonly layout: EvidenceFile
}

/** What an AIBoM may leave out on request, because it may reveal personal data. */
export type Withholdable = 'statistics'

/**
 * One training run, whole. Only observations belong here: what is not known is left out, never guessed.
 *
 * Nothing in it is checked yet; `buildAibom` does, and throws.
 */
export interface TrainingFacts {
  readonly jobId: string
  readonly submittedAt: Timestamp
  readonly startedAt: Timestamp
  readonly endedAt: Timestamp
  /** When the AIBoM was made, `metadata.timestamp`: the time at which its keys must have been valid. */
  readonly timestamp: Timestamp
  readonly manufacturer: Manufacturer
  /** Version of the program that makes the AIBoM. */
  readonly toolVersion: string
  /** Every training parameter, as in `job.json`. */
  readonly parameters: Readonly<Record<string, ParameterValue>>
  /** What the submitter said about the model (`model_name`, `license_name` …), as in `job.json`. */
  readonly metadata: Readonly<Record<string, string>>
  readonly inputs: RunInputs
  readonly outputs: RunOutputs
  readonly byproducts: RunByproducts
  readonly model: ModelFacts
  /** Per metric one value an epoch, as in `metrics.json`; the AIBoM reports those of the epoch that the weights are of. */
  readonly history: Readonly<Record<string, readonly number[]>>
  readonly dataset: DatasetFacts
  /** The dataset definition as it was parsed: a plain JSON object. */
  readonly definition: object
  readonly environment: EnvironmentFacts
  readonly evidence: EvidenceFacts
  /** The training process's arguments, as its link records them. */
  readonly command: readonly string[]
  readonly vulnerabilities: VulnerabilityFacts
  /** What is left out, and said to be left out. */
  readonly withheld: readonly Withholdable[]
}
