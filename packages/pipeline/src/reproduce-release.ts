/** Reproduce: a verified release's training, run again from its own inputs, and compared. @module */

import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import {
  createSha256,
  INPUT_NAMES,
  OUTPUT_NAMES,
  parseJobRecord,
  parseTimestamp,
  STEP_NAMES,
  VerificationError,
  type Clock,
  type Signer,
  type TrustRoot,
} from '@aibomgen/core'
import { digestFile, readFileBounded } from '@aibomgen/core/node'
import { buildReproductionStatement, signStatement, type Reproduction } from '@aibomgen/intoto'
import { compareModels, runTraining, type TrainingDeps, type TrainingOptions } from '@aibomgen/trainer'
import { parseEnvironmentReport } from '@aibomgen/trainer/environment'
import { compareMetrics, parseMetrics } from '@aibomgen/trainer/job'
import {
  readLinks,
  readRecordedArtifacts,
  readRequired,
  verifySteps,
  type ReleaseReader,
  type ReleaseSubject,
} from '@aibomgen/verify'

import { compareEnvironments } from './compare-environments.ts'
import { hashing } from './stage-inputs.ts'
import type { Workspaces } from './workspace.ts'

/** A release that `verifyRelease` has passed, and where its files are. Every file is held against the links again. */
export interface ReproducibleRelease {
  readonly subject: ReleaseSubject
  readonly reader: ReleaseReader
  /** The bytes of a file, from its start. */
  open(name: string): AsyncIterable<Uint8Array>
}

/** What reproducing needs. */
export interface ReproduceDeps extends TrainingDeps {
  readonly workspaces: Workspaces
  readonly trustRoot: TrustRoot
  readonly clock: Clock
  /** Signs the Statement: a worker's key. */
  readonly signer: Signer
}

/** A reproduction, and its signed Statement as the line of a `.intoto.jsonl`. */
export interface SignedReproduction {
  readonly reproduction: Reproduction
  readonly statement: Uint8Array
}

const [MODEL, METRICS] = OUTPUT_NAMES
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

/** What the links say of each file: its SHA-256. */
type Recorded = ReadonlyMap<string, string>

/**
 * Trains again from the release's own job record, model, data set and definition, in a confined process, and says in a
 * signed Statement what came out: the same bits, or other ones, by how much, and what may have made the difference.
 *
 * @throws VerificationError `DIGEST_MISMATCH`, `RELEASE_FILE_MISSING` for a file that is not what the links say; and
 * whatever the training fails with
 */
export async function reproduceRelease(
  release: ReproducibleRelease,
  deps: ReproduceDeps,
  options: TrainingOptions,
): Promise<SignedReproduction> {
  const recorded = await readRecorded(release, deps.trustRoot)
  await using workspace = await deps.workspaces.create(release.subject.jobId)
  const { directory } = workspace
  for (const folder of ['inputs', 'released']) await mkdir(join(directory, folder))
  for (const name of INPUT_NAMES) await lay(release, recorded, name, join(directory, name))
  const record = parseJobRecord(await readFileBounded(join(directory, 'inputs/job.json'), MAX_DOCUMENT_BYTES))
  const backend = String(record.parameters['backend'])
  const requestedAt = deps.clock.now()
  const outcome = await runTraining({ directory, jobId: record.jobId, requestedAt, backend }, deps, options)

  const outputs = await Promise.all(
    OUTPUT_NAMES.map(async (name) => ({
      name,
      released: required(recorded, name),
      reproduced: (await digestFile(join(directory, name))).sha256,
    })),
  )
  const changed = outputs.filter(({ released, reproduced }) => released !== reproduced).map(({ name }) => name)
  const released = async (name: string): Promise<Uint8Array> => {
    const path = join(directory, 'released', 'file')
    await lay(release, recorded, name, path)
    return readFileBounded(path, MAX_DOCUMENT_BYTES)
  }
  const environment = compareEnvironments(
    parseEnvironmentReport(await released('environment.json')),
    outcome.environment,
  )
  const reproduction: Reproduction = {
    release: { jobId: record.jobId, aibom: { sha256: required(recorded, 'aibom.json') } },
    startedAt: outcome.startedAt,
    endedAt: outcome.endedAt,
    verdict: changed.length === 0 ? 'reproduced' : 'differs',
    outputs,
    ...(changed.includes(MODEL) && { weights: await compareWeights({ release, recorded, directory }, deps, options) }),
    ...(changed.includes(METRICS) && {
      metrics: compareMetrics(
        parseMetrics(await released(METRICS)),
        parseMetrics(await readFileBounded(join(directory, METRICS), MAX_DOCUMENT_BYTES)),
      ),
    }),
    environment: environment.differences,
    mayBeDueTo: changed.length === 0 ? [] : environment.reasons,
  }
  return { reproduction, statement: await signStatement(buildReproductionStatement(reproduction), [deps.signer]) }
}

/** What a release's links say, verified once more: between a verification and now, files may have been swapped. */
async function readRecorded({ reader, subject }: ReproducibleRelease, trustRoot: TrustRoot): Promise<Recorded> {
  const at = parseTimestamp(subject.timestamp)
  const layout = await readRequired(reader, 'layout.json')
  const links = await readLinks(reader)
  const { inputs, outputs, byproducts, aibom } = readRecordedArtifacts(
    await verifySteps({ layout, links }, STEP_NAMES, { trustRoot, at }),
  )
  return new Map([...inputs, ...outputs, ...byproducts, ...aibom])
}

function required(recorded: Recorded, name: string): string {
  const sha256 = recorded.get(name)
  if (sha256 !== undefined) return sha256
  throw new VerificationError('RELEASE_FILE_MISSING', `release: expected links that record ${name}`, { name })
}

async function compareWeights(
  compared: { readonly release: ReproducibleRelease; readonly recorded: Recorded; readonly directory: string },
  deps: ReproduceDeps,
  { limits, signal }: TrainingOptions,
): Promise<NonNullable<Reproduction['weights']>> {
  const { release, recorded, directory } = compared
  const place = join(directory, 'compared')
  await mkdir(join(place, 'inputs'), { recursive: true })
  await lay(release, recorded, MODEL, join(place, 'inputs/released'))
  await rename(join(directory, MODEL), join(place, 'inputs/reproduced'))
  return compareModels(place, deps, { limits, signal })
}

/** A file of the release to a place in the workspace, read-only, once its bytes are those that the links speak of. */
async function lay(release: ReproducibleRelease, recorded: Recorded, name: string, path: string): Promise<void> {
  const expected = required(recorded, name)
  const hasher = createSha256()
  await pipeline(Readable.from(hashing(release.open(name), hasher)), createWriteStream(path, { mode: 0o444 }))
  const actual = hasher.digestHex()
  if (actual === expected) return
  const message = `${name}: expected SHA-256 ${expected}, got ${actual}`
  throw new VerificationError('DIGEST_MISMATCH', message, { name, expected, actual })
}
