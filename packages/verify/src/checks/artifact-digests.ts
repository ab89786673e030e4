/** `artifact-digests`: every file at hand is the one that the evidence speaks of. @module */

import {
  BYPRODUCT_NAMES,
  EVIDENCE_NAMES,
  OUTPUT_NAMES,
  RELEASE_INDEX_NAME,
  VerificationError,
  type ArtifactDescriptor,
  type Sha256Hex,
} from '@aibomgen/core'

import type { Finding } from '../check-ledger.ts'
import type { RecordedArtifacts } from '../recorded-artifacts.ts'
import { parseReleaseIndex, type ReleaseIndex } from '../release-index.ts'
import { readRequired, type ReleaseReader } from '../release-reader.ts'

/** The trained model: what a release is about. Without it there is only evidence. */
export const MODEL_NAME = 'outputs/trained_model.keras'

/** Which artifacts were held against the evidence, and which were not at hand. */
export interface Coverage {
  readonly modelAtHand: boolean
  readonly absent: readonly string[]
  readonly uncovered: readonly string[]
}

/** Files that may be away: what is large or private may be handed on apart from its evidence. */
const OPTIONAL: ReadonlySet<string> = new Set([MODEL_NAME, 'inputs/model', 'inputs/dataset', 'inputs/definition'])
const REQUIRED = ['inputs/job.json', ...OUTPUT_NAMES, ...BYPRODUCT_NAMES, 'aibom.json'].filter(
  (name) => !OPTIONAL.has(name),
)

/**
 * Every artifact of the release, and every file that came apart from it, has the digest that a verified link says; every
 * file that must be there is; and no file lies among the inputs or outputs that no link names.
 *
 * @throws VerificationError `DIGEST_MISMATCH`, `RELEASE_FILE_MISSING`, `RELEASE_FILE_UNEXPECTED`, `EVIDENCE_MISMATCH`
 */
export async function checkArtifactDigests(
  release: ReleaseReader,
  artifacts: RecordedArtifacts,
  files: readonly ArtifactDescriptor[],
): Promise<Finding<Coverage>> {
  const recorded = new Map([...artifacts.inputs, ...artifacts.outputs, ...artifacts.byproducts, ...artifacts.aibom])
  const names = await release.names()
  for (const name of REQUIRED) if (!names.includes(name)) throw missing(name)
  for (const name of names) if (/^(inputs|outputs)\//.test(name) && !recorded.has(name)) throw unexpected(name)

  const matched = new Set<string>()
  for (const [name, sha256] of recorded) {
    const identity = await release.identify(name)
    if (identity === undefined) continue
    if (identity.sha256 !== sha256) throw mismatch(name, sha256, identity.sha256)
    matched.add(name)
  }
  for (const file of files) for (const name of findByDigest(recorded, file)) matched.add(name)

  const index = parseReleaseIndex(await readRequired(release, RELEASE_INDEX_NAME))
  await assertIndexHolds(release, index, recorded)
  const coverage = {
    modelAtHand: matched.has(MODEL_NAME),
    absent: [...recorded.keys()].filter((name) => !matched.has(name)),
    uncovered: findUncovered(names, recorded, index),
  }
  return { value: coverage, evidence: `${matched.size} of ${recorded.size} artifacts at hand, all as recorded` }
}

/** Which artifacts a file is, whatever it is called. */
function findByDigest(recorded: ReadonlyMap<string, Sha256Hex>, file: ArtifactDescriptor): readonly string[] {
  const names = [...recorded].filter(([, sha256]) => sha256 === file.sha256).map(([name]) => name)
  if (names.length === 0) throw mismatch(file.name, 'the digest of an artifact of this release', file.sha256)
  return names
}

/** The index is no evidence; but one that is wrong about a file at hand was tampered with, or is another release's. */
async function assertIndexHolds(
  release: ReleaseReader,
  index: ReleaseIndex,
  recorded: ReadonlyMap<string, Sha256Hex>,
): Promise<void> {
  for (const { name, sha256 } of index.files) {
    const actual = recorded.get(name) ?? (await release.identify(name))?.sha256
    if (actual === undefined) throw missing(name)
    if (actual !== sha256) throw mismatch(`${RELEASE_INDEX_NAME}: ${name}`, sha256, actual)
  }
}

/** Evidence has checks of its own, and so have the links that the index lists. */
function findUncovered(
  names: readonly string[],
  recorded: ReadonlyMap<string, Sha256Hex>,
  index: ReleaseIndex,
): readonly string[] {
  const links = index.files.flatMap(({ name }) => (name.endsWith('.link') ? [name] : []))
  const covered = new Set<string>([...recorded.keys(), ...EVIDENCE_NAMES, RELEASE_INDEX_NAME, ...links])
  return names.filter((name) => !covered.has(name))
}

function mismatch(name: string, expected: string, actual: string): VerificationError {
  const message = `${name}: expected SHA-256 ${expected}, got ${actual}`
  return new VerificationError('DIGEST_MISMATCH', message, { name, expected, actual })
}

function missing(name: string): VerificationError {
  return new VerificationError('RELEASE_FILE_MISSING', `release: expected ${name}, got no such file`, { name })
}

function unexpected(name: string): VerificationError {
  return new VerificationError('RELEASE_FILE_UNEXPECTED', `release: ${name} is in no link`, { name })
}
