/**
 * Makes `vectors/releases/`: three real releases of the wine example with fixed keys, for attack tests and as a witness
 * that what is signed today still verifies tomorrow. Run with `node --conditions=@aibomgen/source`. @module
 */

import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  addDays,
  createEd25519Signer,
  seedToPem,
  serializeEnvelope,
  sha256Hex,
  signTrustRoot,
  toTimestamp,
  utf8Encode,
  type Clock,
  type Role,
  type Signer,
  type TrustRoot,
} from '@aibomgen/core'
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
import { MemoryArtifactStore } from '@aibomgen/storage/memory'
import { createProcessIsolation, DEFAULT_LIMITS } from '@aibomgen/trainer'

const target = fileURLToPath(new URL('../vectors/releases/', import.meta.url))
const wine = fileURLToPath(new URL('../../shared/data/wine-csv/', import.meta.url))
const clock: Clock = { now: () => toTimestamp(new Date()) }

/** Seeds that anybody can compute: these keys protect nothing. */
function seedOf(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(sha256Hex(utf8Encode(`aibomgen test key: ${name}`)), 'hex'))
}

const signerOf = (name: string): Promise<Signer> => createEd25519Signer(seedOf(name))
const [owner, intake, worker, issuer, retired] = await Promise.all(
  ['owner', 'intake', 'worker', 'issuer', 'retired worker'].map(signerOf),
)
if (!owner || !intake || !worker || !issuer || !retired) throw new Error('five signers')

const now = clock.now()
const begin = addDays(now, -1)
const tenure = (role: Role, signer: Signer): TrustRoot['keys'][number] => ({
  role,
  key: signer.publicKey,
  validFrom: begin,
})
const older: TrustRoot = {
  version: 1,
  issuedAt: begin,
  owner: { keys: [{ key: owner.publicKey, validFrom: begin }], threshold: 1 },
  keys: [tenure('intake', intake), tenure('worker', retired), tenure('issuer', issuer)],
}
const trustRoot: TrustRoot = {
  ...older,
  version: 2,
  issuedAt: now,
  keys: [
    tenure('intake', intake),
    { ...tenure('worker', retired), revoked: { at: now, reason: 'retired' } },
    tenure('worker', worker),
    tenure('issuer', issuer),
  ],
}
const layout = await signJobLayout(buildJobLayout({ trustRoot, from: now, expires: addDays(now, 365) }), [owner])

await rm(target, { recursive: true, force: true })
await mkdir(join(target, 'keys'), { recursive: true })
for (const name of ['owner', 'intake', 'worker', 'issuer']) {
  await writeFile(join(target, 'keys', `${name}.pem`), seedToPem(seedOf(name)))
}
for (const [name, root] of [
  ['trust-root', trustRoot],
  ['trust-root-older', older],
] as const) {
  await writeFile(join(target, `${name}.json`), serializeEnvelope((await signTrustRoot(root, [owner])).envelope))
}

const scratch = await mkdtemp(join(tmpdir(), 'release-vectors-'))
for (const [name, epochs] of [
  ['wine', 3],
  ['other-parameters', 4],
  ['same-again', 3],
] as const) {
  await makeRelease(name, epochs)
}
await rm(scratch, { recursive: true })

async function makeRelease(name: string, epochs: number): Promise<void> {
  if (!intake || !worker || !issuer) throw new Error('five signers')
  const store = new MemoryArtifactStore()
  const file = (path: string) => ({ name: path, open: () => createReadStream(join(wine, path)) })
  const job = parseTrainingJob(
    {
      parameters: { epochs, batch_size: 16, backend: 'wasm' },
      metadata: { model_name: 'Wine cultivars', author: 'The Wine Makers', license_name: 'Apache-2.0' },
      files: { model: file('model.keras'), dataset: file('dataset.csv'), definition: file('definition.yaml') },
    },
    { seed: 20_261_122 },
  )
  const limits = { model: 2 ** 24, dataset: 2 ** 24 }
  const newJobId = (): string => crypto.randomUUID()
  const submitted = await submitJob(job, { store, clock, intakeSigner: intake, newJobId, limits })
  const issuing = {
    store,
    clock,
    signer: issuer,
    trustRoot,
    layout,
    manufacturer: { name: 'AIBoMGen tests' },
    toolVersion: '0.0.0',
  }
  const release = await runTrainingJob(
    submitted,
    {
      store,
      clock,
      trustRoot,
      layout,
      workspaces: createWorkspaces(join(scratch, 'workspaces')),
      isolation: createProcessIsolation(),
      // Nobody's machine in particular.
      probes: [],
      workerSigner: worker,
      issuer: createIssuer(issuing, { specVersion: '1.6', withheld: [] }),
    },
    {
      limits: DEFAULT_LIMITS,
      keySeparation: 'single-host',
      signal: new AbortController().signal,
      onEvent: () => undefined,
      onLog: () => undefined,
      includeInputs: true,
    },
  )
  await writeReleaseDirectory(release, store, join(target, name), await mkdtemp(join(scratch, 'draft-')))
}
