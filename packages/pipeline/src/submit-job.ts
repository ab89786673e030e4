/** Submit: the job is fixed, its inputs are hashed into the store, and the submitter gets a signed receipt. @module */

import {
  collectBytes,
  JOB_RECORD_TYPE,
  serializeJobRecord,
  type ArtifactDescriptor,
  type ArtifactStore,
  type BytesIdentity,
  type Clock,
  type InputName,
  type JobRecord,
  type Signer,
} from '@aibomgen/core'
import { createLink, linkFileName, signMetablock } from '@aibomgen/intoto'
import {
  assertDatasetFormat,
  assertModelFormat,
  FORMAT_HEAD_BYTES,
  MAX_DEFINITION_BYTES,
  parseDatasetDefinition,
} from '@aibomgen/trainer/job'

import { storeBytes } from './store-bytes.ts'
import type { InputSource, TrainingJob } from './training-job.ts'

/** A signed document: its name in a release, and its exact bytes. */
export interface SignedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A job whose inputs are in the store, under the digests that its receipt says. */
export interface SubmittedJob {
  readonly id: string
  readonly record: JobRecord
  readonly inputs: Readonly<Record<InputName, ArtifactDescriptor>>
  /** The `submit_inputs` link. */
  readonly receipt: SignedFile
}

/** The largest files that are taken, in bytes. */
export interface InputLimits {
  readonly model: number
  readonly dataset: number
}

/** What submitting needs. */
export interface SubmitDeps {
  readonly store: ArtifactStore
  readonly clock: Clock
  readonly intakeSigner: Signer
  /** A fresh UUID. */
  readonly newJobId: () => string
  readonly limits: InputLimits
}

/**
 * Fixes the job: its inputs go into the store in one pass each, unless they lie there already; `job.json` says what
 * they are and how to train, and the `submit_inputs` link, signed by intake, is the receipt. What can be refused without
 * opening a user's archive is refused here, the smallest file first.
 *
 * @throws ParseError `DEFINITION_INVALID`, `FORMAT_UNSUPPORTED`, `LIMIT_EXCEEDED`; ArtifactError `ARTIFACT_TOO_LARGE`,
 * `STORE_UNAVAILABLE`
 */
export async function submitJob(job: TrainingJob, deps: SubmitDeps): Promise<SubmittedJob> {
  const { store, clock, intakeSigner, limits } = deps
  const { model, dataset, definition } = job.files

  const definitionBytes = await collectBytes(await openSource(store, definition), MAX_DEFINITION_BYTES)
  const { type } = parseDatasetDefinition(definitionBytes)
  const storedDefinition = await storeBytes(store, definitionBytes)
  const storedModel = await storeSource(store, model, limits.model)
  assertModelFormat(model.name, await readHead(store, storedModel))
  const storedDataset = await storeSource(store, dataset, limits.dataset)
  assertDatasetFormat(dataset.name, type, await readHead(store, storedDataset))

  const record: JobRecord = {
    _type: JOB_RECORD_TYPE,
    jobId: deps.newJobId(),
    submittedAt: clock.now(),
    parameters: job.parameters,
    metadata: job.metadata,
    files: {
      model: { name: model.name, ...identityOf(storedModel) },
      dataset: { name: dataset.name, ...identityOf(storedDataset) },
      definition: { name: definition.name, ...identityOf(storedDefinition) },
    },
  }
  const storedRecord = await storeBytes(store, serializeJobRecord(record))
  const inputs = {
    'inputs/job.json': describe('inputs/job.json', storedRecord),
    'inputs/model': describe('inputs/model', storedModel),
    'inputs/dataset': describe('inputs/dataset', storedDataset),
    'inputs/definition': describe('inputs/definition', storedDefinition),
  }
  return { id: record.jobId, record, inputs, receipt: await signReceipt(Object.values(inputs), intakeSigner) }
}

async function openSource(store: ArtifactStore, source: InputSource): Promise<AsyncIterable<Uint8Array>> {
  return 'stored' in source ? store.open(source.stored.sha256) : source.open()
}

async function storeSource(store: ArtifactStore, source: InputSource, maxBytes: number): Promise<BytesIdentity> {
  return 'stored' in source ? source.stored : store.put(source.open(), { maxBytes })
}

async function readHead(store: ArtifactStore, { sha256, sizeBytes }: BytesIdentity): Promise<Uint8Array> {
  const end = Math.min(FORMAT_HEAD_BYTES, sizeBytes)
  return end === 0 ? new Uint8Array() : collectBytes(await store.open(sha256, { start: 0, end }), end)
}

async function signReceipt(inputs: readonly ArtifactDescriptor[], signer: Signer): Promise<SignedFile> {
  const link = createLink({ name: 'submit_inputs', command: [], products: inputs })
  return { name: linkFileName(link.name, signer.publicKey.keyid), bytes: await signMetablock(link, [signer]) }
}

function identityOf({ sha256, sizeBytes }: BytesIdentity): BytesIdentity {
  return { sha256, sizeBytes }
}

function describe(name: string, identity: BytesIdentity): ArtifactDescriptor {
  return { name, ...identityOf(identity) }
}
