/** What an AIBoM will say of a run: from the documents that its verified links name, and from nothing else. @module */

import { sha256Hex, type ArtifactDescriptor, type Timestamp } from '@aibomgen/core'
import type { EvidenceFile, Manufacturer, TrainingFacts, Withholdable } from '@aibomgen/bom'

import type { RunDocuments } from './read-run-documents.ts'
import type { SignedFile } from './submit-job.ts'

/** What an issuer adds to a run's documents. */
export interface IssuingFacts {
  readonly timestamp: Timestamp
  readonly receipt: SignedFile
  readonly runLink: SignedFile
  readonly layout: Uint8Array
  readonly manufacturer: Manufacturer
  readonly toolVersion: string
  readonly withheld: readonly Withholdable[]
}

/** The facts of a run. Pure: the same documents give the same facts. */
export function describeRun(documents: RunDocuments, issuing: IssuingFacts): TrainingFacts {
  const { record, environment } = documents
  const artifact = (name: string): ArtifactDescriptor => requireArtifact(documents, name)
  return {
    jobId: record.jobId,
    submittedAt: record.submittedAt,
    startedAt: environment.times.started,
    endedAt: environment.times.ended,
    timestamp: issuing.timestamp,
    manufacturer: issuing.manufacturer,
    toolVersion: issuing.toolVersion,
    parameters: record.parameters,
    metadata: record.metadata,
    inputs: {
      job: artifact('inputs/job.json'),
      model: { ...artifact('inputs/model'), submittedName: record.files.model.name },
      dataset: { ...artifact('inputs/dataset'), submittedName: record.files.dataset.name },
      definition: { ...artifact('inputs/definition'), submittedName: record.files.definition.name },
    },
    outputs: {
      trainedModel: { ...artifact('outputs/trained_model.keras'), sha512: documents.modelSha512 },
      metrics: artifact('outputs/metrics.json'),
      modelSummary: artifact('outputs/model-summary.json'),
      preprocessing: artifact('outputs/preprocessing.json'),
      datasetManifest: artifact('outputs/dataset-manifest.json'),
    },
    byproducts: { logs: artifact('logs.txt'), environment: artifact('environment.json') },
    model: documents.summary,
    history: documents.metrics,
    dataset: documents.manifest,
    definition: documents.definition,
    environment,
    evidence: {
      submitInputs: evidenceFile(issuing.receipt),
      runTraining: [evidenceFile(issuing.runLink)],
      layout: evidenceFile({ name: 'layout.json', bytes: issuing.layout }),
    },
    command: documents.command,
    vulnerabilities: documents.vulnerabilities,
    withheld: issuing.withheld,
  }
}

function evidenceFile({ name, bytes }: SignedFile): EvidenceFile {
  return { name, sha256: sha256Hex(bytes) }
}

function requireArtifact({ artifacts }: RunDocuments, name: string): ArtifactDescriptor {
  const artifact = artifacts.get(name)
  if (artifact === undefined) throw new TypeError(`a run's documents hold ${name}`)
  return artifact
}
