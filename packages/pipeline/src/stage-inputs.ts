/** Stage: the receipt is verified, and the inputs are laid out, hashed again, before anything runs. @module */

import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import {
  INPUT_NAMES,
  VerificationError,
  createSha256,
  type ArtifactDescriptor,
  type ArtifactReader,
  type Clock,
  type InputName,
  type TrustRoot,
} from '@aibomgen/core'
import { judgedLinks } from '@aibomgen/intoto'
import { verifySteps } from '@aibomgen/verify'

import type { SubmittedJob } from './submit-job.ts'
import type { Workspace } from './workspace.ts'

/** A job whose inputs lie in a workspace, read-only, as they were submitted. */
export interface StagedJob {
  readonly job: SubmittedJob
  /** Holds `inputs/`. */
  readonly directory: string
  /** What was hashed on the way in: the materials of the run. */
  readonly materials: Readonly<Record<InputName, ArtifactDescriptor>>
}

/** What staging needs. */
export interface StageDeps {
  readonly store: ArtifactReader
  readonly clock: Clock
  readonly trustRoot: TrustRoot
  /** The layout in force. */
  readonly layout: Uint8Array
}

/**
 * Lays out the job's inputs in the workspace. The digests are taken from the verified receipt, and every byte is hashed
 * again as it is written: what was swapped in the store is found here, before it is read by anything.
 *
 * @throws VerificationError for a receipt that does not hold, `DIGEST_MISMATCH` for an input that is another
 */
export async function stageInputs(job: SubmittedJob, deps: StageDeps, workspace: Workspace): Promise<StagedJob> {
  const { store, clock, trustRoot, layout } = deps
  const links = new Map([[job.receipt.name, job.receipt.bytes]])
  const demands = { trustRoot, at: clock.now() }
  const verified = judgedLinks(await verifySteps({ layout, links }, ['submit_inputs'], demands))
  const submitted = verified.get('submit_inputs')?.products
  await mkdir(join(workspace.directory, 'inputs'))
  const materials: [InputName, ArtifactDescriptor][] = []
  for (const name of INPUT_NAMES) {
    const expected = submitted?.get(name)?.['sha256'] ?? 'nothing in the receipt'
    materials.push([name, await stageInput(job.inputs[name], expected, store, workspace.directory)])
  }
  return { job, directory: workspace.directory, materials: Object.fromEntries(materials) as StagedJob['materials'] }
}

async function stageInput(
  input: ArtifactDescriptor,
  expected: string,
  store: ArtifactReader,
  directory: string,
): Promise<ArtifactDescriptor> {
  const hasher = createSha256()
  const source = Readable.from(hashing(await store.open(input.sha256), hasher))
  await pipeline(source, createWriteStream(join(directory, input.name), { flags: 'wx', mode: 0o444 }))
  const sha256 = hasher.digestHex()
  if (sha256 !== expected) {
    const message = `${input.name}: expected SHA-256 ${expected}, got ${sha256}`
    throw new VerificationError('DIGEST_MISMATCH', message, { name: input.name, expected, actual: sha256 })
  }
  return { name: input.name, sha256, sizeBytes: input.sizeBytes }
}

/** The bytes as they come, each given to `hasher` on its way. */
export async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hasher: { update(bytes: Uint8Array): void },
): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    hasher.update(chunk)
    yield chunk
  }
}
