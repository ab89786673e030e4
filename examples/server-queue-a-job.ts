/** A platform in one process: a job goes into the queue, a worker and an issuer take it to its release. @module */

import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { addDays, createEd25519Signer, toTimestamp, type Role, type Signer } from '@aibomgen/core'
import {
  buildJobLayout,
  createIssuer,
  createWorkspaces,
  parseTrainingJob,
  signJobLayout,
  submitJob,
} from '@aibomgen/pipeline'
import { findJob, openDatabase, runIssuer, runWorker, submitRecord, watchEvents } from '@aibomgen/server'
import { FsArtifactStore } from '@aibomgen/storage/fs'
import { createProcessIsolation, DEFAULT_LIMITS } from '@aibomgen/trainer'

const wine = fileURLToPath(new URL('../vectors/releases/wine/inputs', import.meta.url))
const directory = await mkdtemp(join(tmpdir(), 'queue-a-job-'))
const clock = { now: () => toTimestamp(new Date()) }
const newSigner = (): Promise<Signer> => createEd25519Signer(crypto.getRandomValues(new Uint8Array(32)))

// Who may say what: a trust root, and a layout that its owner signs.
const [owner, intake, worker, issuer] = [await newSigner(), await newSigner(), await newSigner(), await newSigner()]
const from = clock.now()
const tenure = (role: Role, { publicKey: key }: Signer) => ({ role, key, validFrom: from })
const trustRoot = {
  version: 1,
  issuedAt: from,
  owner: { keys: [{ key: owner.publicKey, validFrom: from }], threshold: 1 },
  keys: [tenure('intake', intake), tenure('worker', worker), tenure('issuer', issuer)],
}
const layout = await signJobLayout(buildJobLayout({ trustRoot, from, expires: addDays(from, 365) }), [owner])
const store = new FsArtifactStore(join(directory, 'store'))
const common = { store, clock, trustRoot, layout }

// The embedded database; `{ url: 'postgres://…' }` shares one with other processes.
const onError = (error: Error): void => console.error(error)
const database = await openDatabase({ directory: join(directory, 'database') }, { clock, onError })

// A worker and an issuer, until they are told to stop.
const stop = new AbortController()
const isolation = createProcessIsolation()
const identity = {
  id: crypto.randomUUID(),
  keyid: worker.publicKey.keyid,
  isolation: await isolation.probe(),
  backends: ['wasm'],
  cpu: 'this one',
  version: '0.0.0',
}
const working = Promise.all([
  runWorker(
    {
      ...common,
      database,
      onError,
      isolation,
      probes: [],
      workspaces: createWorkspaces(join(directory, 'workspaces')),
      workerSigner: worker,
    },
    { limits: DEFAULT_LIMITS, keySeparation: 'single-host', graceSeconds: 60, identity },
    stop.signal,
  ),
  runIssuer(
    {
      database,
      store,
      onError,
      issuer: createIssuer(
        { ...common, signer: issuer, manufacturer: { name: 'Example' }, toolVersion: '0.0.0' },
        { specVersion: '1.6', withheld: [] },
      ),
    },
    { includeInputs: true },
    stop.signal,
  ),
])

// A job: its inputs into the store, its record and its place in the queue into the database, in one transaction.
const file = (name: string, path: string) => ({ name, open: () => createReadStream(join(wine, path)) })
const files = {
  model: file('model.keras', 'model'),
  dataset: file('wine.csv', 'dataset'),
  definition: file('definition.yaml', 'definition'),
}
const submitted = await submitJob(parseTrainingJob({ parameters: { epochs: 3 }, metadata: {}, files }, { seed: 42 }), {
  store,
  clock,
  intakeSigner: intake,
  newJobId: () => crypto.randomUUID(),
  limits: { model: 2 ** 30, dataset: 2 ** 30 },
})
const { id } = await submitRecord(database, { job: submitted, owner: 'ada', priority: 0, quota: 10 })

// What anybody sees of it, wherever it runs.
for await (const { type, data } of watchEvents(database, id, 0, new AbortController().signal)) {
  if (type !== 'batch') console.log(type, JSON.stringify(data).slice(0, 100))
}
const job = await findJob(database, id)
console.log(`${job?.state} at attempt ${job?.attempt}, ${job?.release?.files.length} files`)

stop.abort()
await working
await database.close()
await rm(directory, { recursive: true })
process.exitCode = job?.state === 'completed' ? 0 : 1
