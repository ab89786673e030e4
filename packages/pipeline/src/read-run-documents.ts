/** The documents of a run, out of the store by the digests in its verified links. @module */

import { createHash } from 'node:crypto'

import {
  collectBytes,
  parseJobRecord,
  parseSha256Hex,
  VerificationError,
  VULNERABILITIES_NAME,
  type ArtifactDescriptor,
  type ArtifactReader,
  type JobRecord,
  type Sha256Hex,
} from '@aibomgen/core'
import type { VulnerabilityFacts } from '@aibomgen/bom'
import { judgedLinks, type Link, type VerifiedLinks } from '@aibomgen/intoto'
import {
  parseDatasetDefinition,
  parseDatasetManifest,
  parseEnvironmentReport,
  parseMetrics,
  parseModelSummary,
  type DatasetDefinition,
  type DatasetManifest,
  type EnvironmentReport,
  type Metrics,
  type ModelSummary,
} from '@aibomgen/trainer/job'
import { assertSame, describeVulnerabilities } from '@aibomgen/verify'

/** What the files of a run say, and which files they were. */
export interface RunDocuments {
  readonly record: JobRecord
  readonly definition: DatasetDefinition
  readonly metrics: Metrics
  readonly summary: ModelSummary
  readonly manifest: DatasetManifest
  readonly environment: EnvironmentReport
  /** 128 lower-case hex digits, of the trained model. */
  readonly modelSha512: string
  /** The argv that the run's link records. */
  readonly command: readonly string[]
  readonly vulnerabilities: VulnerabilityFacts
  /** Every input, output and byproduct by its name. */
  readonly artifacts: ReadonlyMap<string, ArtifactDescriptor>
}

/** A run's documents are read whole, up to this many bytes; models and data sets never are. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

/**
 * Reads a run's documents. Nothing is taken from what a worker says beside its link: every file comes out of the store
 * by the digest that the link holds, and is checked against it on the way.
 *
 * @param verified - the links of `submit_inputs` and `run_training`
 * @throws ParseError for a document that is not what it has to be; ArtifactError for one that the store cannot give;
 * VerificationError `EVIDENCE_MISMATCH` for files of different jobs, `SIGNATURE_THRESHOLD` for a scan that no worker of the
 * run signed, `LINK_INVALID` for a link that lacks a digest, or says why there is no scan as none may
 */
export async function readRunDocuments(verified: VerifiedLinks, store: ArtifactReader): Promise<RunDocuments> {
  const links = judgedLinks(verified)
  const digests = readDigests(links)
  const artifacts = new Map<string, ArtifactDescriptor>()
  const read = async <T>(name: string, parse: (bytes: Uint8Array) => T | Promise<T>): Promise<T> => {
    const sha256 = digests.get(name) ?? missing(name)
    const bytes = await collectBytes(await store.open(sha256), MAX_DOCUMENT_BYTES)
    artifacts.set(name, { name, sha256, sizeBytes: bytes.length })
    return parse(bytes)
  }

  const record = await read('inputs/job.json', parseJobRecord)
  const documents = {
    record,
    definition: await read('inputs/definition', parseDatasetDefinition),
    metrics: await read('outputs/metrics.json', parseMetrics),
    summary: await read('outputs/model-summary.json', parseModelSummary),
    manifest: await read('outputs/dataset-manifest.json', parseDatasetManifest),
    environment: await read('environment.json', parseEnvironmentReport),
  }
  for (const name of ['outputs/preprocessing.json', 'logs.txt']) await read(name, () => undefined)
  assertSame('job id in environment.json', record.jobId, documents.environment.jobId)

  const vulnerabilities = await describeVulnerabilities(verified, () => read(VULNERABILITIES_NAME, (bytes) => bytes))

  for (const role of ['model', 'dataset', 'definition'] as const) {
    const name = `inputs/${role}`
    const sha256 = digests.get(name) ?? missing(name)
    assertSame(`${name} in job.json`, sha256, record.files[role].sha256)
    artifacts.set(name, { name, sha256, sizeBytes: record.files[role].sizeBytes })
  }
  const model = await hashModel(digests.get(MODEL_NAME) ?? missing(MODEL_NAME), store)
  artifacts.set(MODEL_NAME, model.artifact)
  const command = links.get('run_training')?.command ?? []
  return { ...documents, vulnerabilities, modelSha512: model.sha512, command, artifacts }
}

const MODEL_NAME = 'outputs/trained_model.keras'

function readDigests(links: ReadonlyMap<string, Link>): ReadonlyMap<string, Sha256Hex> {
  const submitted = [...(links.get('submit_inputs')?.products ?? [])]
  const run = links.get('run_training')
  const byproducts = Object.entries(run?.byproducts ?? {})
  return new Map(
    [...submitted, ...(run?.products ?? []), ...byproducts].flatMap(([name, digests]) => {
      const isObject = typeof digests === 'object' && digests !== null && 'sha256' in digests
      const sha256 = isObject ? digests.sha256 : undefined
      return typeof sha256 === 'string' ? [[name, parseSha256Hex(sha256)] as const] : []
    }),
  )
}

/** A model may be large: it is hashed as it streams. SHA-512 beside SHA-256 is what BSI TR-03183-2 asks of a deliverable. */
async function hashModel(
  sha256: Sha256Hex,
  store: ArtifactReader,
): Promise<{ readonly artifact: ArtifactDescriptor; readonly sha512: string }> {
  const hash = createHash('sha512')
  let sizeBytes = 0
  for await (const chunk of await store.open(sha256)) {
    hash.update(chunk)
    sizeBytes += chunk.length
  }
  return { artifact: { name: MODEL_NAME, sha256, sizeBytes }, sha512: hash.digest('hex') }
}

function missing(name: string): never {
  const reason = `expected a SHA-256 of ${name}`
  throw new VerificationError('LINK_INVALID', `links of the run: ${reason}`, { step: 'run_training', reason })
}
