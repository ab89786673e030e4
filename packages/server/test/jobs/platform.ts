/** A platform for tests: keys, trust root, layout and store that every process makes alike from one directory. @module */

import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  addDays,
  createEd25519Signer,
  parseTimestamp,
  sha256Hex,
  signTrustRoot,
  utf8Encode,
  type ArtifactStore,
  type Role,
  type SignedTrustRoot,
  type Signer,
} from '@aibomgen/core'
import {
  buildJobLayout,
  createIssuer,
  createWorkspaces,
  parseTrainingJob,
  signJobLayout,
  submitJob,
  type FileSource,
  type SubmittedJob,
} from '@aibomgen/pipeline'
import { FsArtifactStore } from '@aibomgen/storage/fs'
import { createProcessIsolation, DEFAULT_LIMITS } from '@aibomgen/trainer'

import type { Database } from '../../src/jobs/database.ts'
import type { IssuerWorkDeps } from '../../src/jobs/issuer.ts'
import type { WorkerDeps, WorkerOptions } from '../../src/jobs/worker.ts'
import { clock } from './databases.ts'

const WINE = fileURLToPath(new URL('../../../../vectors/releases/wine/inputs/', import.meta.url))
const FROM = parseTimestamp('2026-01-01T00:00:00Z')

/** All of a platform but its database. */
export interface Platform {
  readonly store: ArtifactStore
  readonly trustRoot: SignedTrustRoot
  /** Puts the inputs of the wine example into the store. */
  submitWine(parameters?: Readonly<Record<string, unknown>>, dataset?: FileSource): Promise<SubmittedJob>
  workerDeps(database: Database, onError?: (error: Error) => void): WorkerDeps
  workerOptions(changes?: Partial<WorkerOptions>): Promise<WorkerOptions>
  issuerDeps(database: Database, onError?: (error: Error) => void): IssuerWorkDeps
}

/** The platform of a directory. `store` stands before the one in the directory. */
export async function createPlatform(
  directory: string,
  wrapStore: (store: ArtifactStore) => ArtifactStore = (store) => store,
): Promise<Platform> {
  const store = wrapStore(new FsArtifactStore(join(directory, 'store')))
  const [owner, intake, worker, issuer] = [
    await signerOf('owner'),
    await signerOf('intake'),
    await signerOf('worker'),
    await signerOf('issuer'),
  ]
  const tenure = (role: Role, { publicKey: key }: Signer) => ({ role, key, validFrom: FROM })
  const trustRoot = {
    version: 1,
    issuedAt: FROM,
    owner: { keys: [{ key: owner.publicKey, validFrom: FROM }], threshold: 1 },
    keys: [tenure('intake', intake), tenure('worker', worker), tenure('issuer', issuer)],
  }
  const layout = await signJobLayout(buildJobLayout({ trustRoot, from: FROM, expires: addDays(FROM, 3650) }), [owner])
  const common = { store, clock, trustRoot, layout }
  const issuing = { ...common, signer: issuer, manufacturer: { name: 'Tests' }, toolVersion: '0.0.0' }
  return {
    store,
    trustRoot: await signTrustRoot(trustRoot, [owner]),
    submitWine(parameters = {}, dataset = wineFile('dataset', 'wine.csv')) {
      const job = parseTrainingJob(
        {
          parameters: { epochs: 1, batch_size: 16, ...parameters },
          metadata: { model_name: 'Wine' },
          files: {
            model: wineFile('model', 'model.keras'),
            dataset,
            definition: wineFile('definition', 'definition.yaml'),
          },
        },
        { seed: 7 },
      )
      const limits = { model: 2 ** 24, dataset: 2 ** 24 }
      return submitJob(job, { store, clock, intakeSigner: intake, newJobId: () => crypto.randomUUID(), limits })
    },
    workerDeps: (database, onError = () => undefined) => ({
      ...common,
      database,
      onError,
      isolation: createProcessIsolation(),
      probes: [],
      workspaces: createWorkspaces(join(directory, 'workspaces')),
      workerSigner: worker,
    }),
    workerOptions: async (changes = {}) => ({
      limits: DEFAULT_LIMITS,
      keySeparation: 'single-host',
      graceSeconds: 60,
      identity: {
        id: crypto.randomUUID(),
        keyid: worker.publicKey.keyid,
        isolation: await createProcessIsolation().probe(),
        backends: ['wasm'],
        cpu: 'a processor',
        version: '0.0.0',
      },
      ...changes,
    }),
    issuerDeps: (database, onError = () => undefined) => ({
      database,
      store,
      issuer: createIssuer(issuing, { specVersion: '1.6', withheld: [] }),
      onError,
    }),
  }
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

/** A file of the wine example. */
export function wineFile(role: 'model' | 'dataset' | 'definition', name: string): FileSource {
  return { name, open: () => createReadStream(join(WINE, role)) }
}

function signerOf(name: string): Promise<Signer> {
  return createEd25519Signer(Uint8Array.from(Buffer.from(sha256Hex(utf8Encode(name)), 'hex')))
}
