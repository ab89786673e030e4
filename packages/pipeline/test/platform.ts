/** A whole platform in memory, for tests: four keys, a trust root, a layout, a store, and the real training child. @module */

import { createReadStream } from 'node:fs'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  addDays,
  createEd25519Signer,
  sha256Hex,
  signTrustRoot,
  toTimestamp,
  utf8Encode,
  type ArtifactStore,
  type Clock,
  type Role,
  type SignedTrustRoot,
  type Signer,
} from '@aibomgen/core'
import { MemoryArtifactStore } from '@aibomgen/storage/memory'
import { createProcessIsolation, DEFAULT_LIMITS, type TrainingOptions } from '@aibomgen/trainer'

import {
  buildJobLayout,
  createIssuer,
  createWorkspaces,
  parseTrainingJob,
  signJobLayout,
  submitJob,
  type FileSource,
  type InputSource,
  type PipelineDeps,
  type PublishOptions,
  type SubmitDeps,
  type SubmittedJob,
} from '../src/index.ts'

const WINE = fileURLToPath(new URL('../../../vectors/releases/wine/inputs/', import.meta.url))

/** All that a job needs, and the directory in which workspaces are made. */
export interface Platform {
  readonly deps: PipelineDeps
  readonly submitDeps: SubmitDeps
  readonly trustRoot: SignedTrustRoot
  readonly clock: Clock
  readonly signers: Readonly<Record<'owner' | Role, Signer>>
  readonly scratch: string
  /** How many signatures the issuer has made. */
  readonly issuerSignatures: () => number
}

/** A platform of its own. */
export async function createPlatform(store: ArtifactStore = new MemoryArtifactStore()): Promise<Platform> {
  const clock: Clock = { now: () => toTimestamp(new Date()) }
  const [owner, intake, worker, issuer] = await Promise.all(['owner', 'intake', 'worker', 'issuer'].map(createSigner))
  if (!owner || !intake || !worker || !issuer) throw new Error('expected four signers')
  const from = clock.now()
  const tenure = (role: Role, { publicKey: key }: Signer) => ({ role, key, validFrom: from })
  const root = {
    version: 1,
    issuedAt: from,
    owner: { keys: [{ key: owner.publicKey, validFrom: from }], threshold: 1 },
    keys: [tenure('intake', intake), tenure('worker', worker), tenure('issuer', issuer)],
  }
  const layout = await signJobLayout(buildJobLayout({ trustRoot: root, from, expires: addDays(from, 365) }), [owner])
  const scratch = await mkdtemp(join(tmpdir(), 'pipeline-test-'))
  let signatures = 0
  const counted: Signer = {
    publicKey: issuer.publicKey,
    sign: (message) => {
      signatures++
      return issuer.sign(message)
    },
  }
  const issuing = {
    store,
    clock,
    signer: counted,
    trustRoot: root,
    layout,
    manufacturer: { name: 'Tests' },
    toolVersion: '0.0.0',
  }
  return {
    deps: {
      store,
      clock,
      trustRoot: root,
      layout,
      workspaces: createWorkspaces(join(scratch, 'workspaces')),
      isolation: createProcessIsolation(),
      probes: [],
      workerSigner: worker,
      issuer: createIssuer(issuing, { specVersion: '1.6', withheld: [] }),
    },
    submitDeps: {
      store,
      clock,
      intakeSigner: intake,
      newJobId: () => crypto.randomUUID(),
      limits: { model: 2 ** 24, dataset: 2 ** 24 },
    },
    trustRoot: await signTrustRoot(root, [owner]),
    clock,
    signers: { owner, intake, worker, issuer },
    scratch,
    issuerSignatures: () => signatures,
  }
}

/** A signer of a name: the same name, the same key. */
export function createSigner(name: string): Promise<Signer> {
  return createEd25519Signer(Uint8Array.from(Buffer.from(sha256Hex(utf8Encode(name)), 'hex')))
}

/** A file of the wine example, under a name of the submitter's. */
export function wineFile(role: 'model' | 'dataset' | 'definition', name: string): FileSource {
  return { name, open: () => createReadStream(join(WINE, role)) }
}

/** A file of these bytes. */
export function textFile(name: string, text: string): FileSource {
  return {
    name,
    async *open() {
      yield utf8Encode(text)
    },
  }
}

/** Submits the wine example, with other parameters and files where they are given. */
export function submitWine(
  platform: Platform,
  parameters: Readonly<Record<string, unknown>> = {},
  files: Partial<Record<'model' | 'dataset' | 'definition', InputSource>> = {},
): Promise<SubmittedJob> {
  const job = parseTrainingJob(
    {
      parameters: { epochs: 2, batch_size: 16, ...parameters },
      metadata: { model_name: 'Wine', license_name: 'Apache-2.0' },
      files: {
        model: wineFile('model', 'model.keras'),
        dataset: wineFile('dataset', 'dataset.csv'),
        definition: wineFile('definition', 'definition.yaml'),
        ...files,
      },
    },
    { seed: 7 },
  )
  return submitJob(job, platform.submitDeps)
}

/** Options of a run that nobody watches. */
export function runOptions(changes: Partial<TrainingOptions> = {}): TrainingOptions & PublishOptions {
  return {
    limits: DEFAULT_LIMITS,
    keySeparation: 'single-host',
    signal: new AbortController().signal,
    onEvent: () => undefined,
    onLog: () => undefined,
    includeInputs: true,
    ...changes,
  }
}

/** What is left in the directory of workspaces. */
export async function leftWorkspaces(platform: Platform): Promise<readonly string[]> {
  return readdir(join(platform.scratch, 'workspaces')).catch(() => [])
}
