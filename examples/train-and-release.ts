/** Trains the wine example on a platform of its own, all in one process, and verifies what comes out. @module */

import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { addDays, createEd25519Signer, signTrustRoot, toTimestamp, type Role, type Signer } from '@aibomgen/core'
import {
  buildJobLayout,
  createIssuer,
  createWorkspaces,
  parseTrainingJob,
  runTrainingJob,
  signJobLayout,
  submitJob,
  writeReleaseDirectory,
} from '@aibomgen/pipeline'
import { FsArtifactStore } from '@aibomgen/storage/fs'
import { createProcessIsolation, DEFAULT_LIMITS } from '@aibomgen/trainer'
import { createMachineProbes } from '@aibomgen/trainer/environment'
import { verifyRelease } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'

const wine = fileURLToPath(new URL('../vectors/releases/wine/inputs', import.meta.url))
const scratch = await mkdtemp(join(tmpdir(), 'train-and-release-'))
const clock = { now: () => toTimestamp(new Date()) }
const newSigner = (): Promise<Signer> => createEd25519Signer(crypto.getRandomValues(new Uint8Array(32)))

// Who may say what: four keys, a trust root that names three of them, and a layout that the fourth signs.
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

// One job: submitted by intake, trained by the worker, issued by the issuer.
const store = new FsArtifactStore(join(scratch, 'store'))
const file = (name: string, path: string) => ({ name, open: () => createReadStream(join(wine, path)) })
const job = parseTrainingJob(
  {
    parameters: { epochs: 5, batch_size: 16 },
    metadata: { model_name: 'Wine cultivars', license_name: 'Apache-2.0' },
    files: {
      model: file('model.keras', 'model'),
      dataset: file('wine.csv', 'dataset'),
      definition: file('definition.yaml', 'definition'),
    },
  },
  { seed: 42 },
)
const submitted = await submitJob(job, {
  store,
  clock,
  intakeSigner: intake,
  newJobId: () => crypto.randomUUID(),
  limits: { model: 2 ** 30, dataset: 2 ** 30 },
})
const manufacturer = { name: 'Example' }
const issuing = { store, clock, signer: issuer, trustRoot, layout, manufacturer, toolVersion: '0.0.0' }
const release = await runTrainingJob(
  submitted,
  {
    store,
    clock,
    trustRoot,
    layout,
    workspaces: createWorkspaces(join(scratch, 'workspaces')),
    isolation: createProcessIsolation(),
    probes: await createMachineProbes(scratch),
    workerSigner: worker,
    issuer: createIssuer(issuing, { specVersion: '1.6', withheld: [] }),
  },
  {
    limits: DEFAULT_LIMITS,
    keySeparation: 'single-host',
    signal: new AbortController().signal,
    onEvent: () => undefined,
    onLog: (bytes) => process.stdout.write(bytes),
    includeInputs: true,
  },
)

// What anybody can do with it.
await writeReleaseDirectory(release, store, join(scratch, 'release'), scratch)
const held = await signTrustRoot(trustRoot, [owner])
const report = await verifyRelease(await openReleaseDirectory(join(scratch, 'release')), { trustRoot: held, clock })
console.log(`${release.files.length} files, verdict: ${report.verdict}`)
await rm(scratch, { recursive: true })
process.exitCode = report.verdict === 'pass' ? 0 : 1
