/** The dataset manifest of a release, once the release holds. @module */

import { MAX_BOM_BYTES, parseBom, readAibomClaims } from '@aibomgen/bom'
import { sha256Hex, VerificationError, type ArtifactDescriptor, type DatasetRoot, type Sha256Hex } from '@aibomgen/core'
import { parseDatasetManifest, type DatasetManifest } from '@aibomgen/trainer/job'
import { MAX_DOCUMENT_BYTES, verifyRelease, type VerificationReport } from '@aibomgen/verify'

import { openRelease } from './open-release.ts'
import { composeVerification } from './trusted.ts'

/** What a release says of its data set. Nothing of it counts where the report says `fail`. */
export type DatasetEvidence =
  | { readonly report: VerificationReport & { readonly verdict: 'fail' } }
  | {
      readonly report: VerificationReport
      /** Of the data set that was trained on. */
      readonly dataset: Sha256Hex
      readonly manifest: DatasetManifest
    }

/** Where a release lies, and by what it is judged. */
export interface EvidencePlace {
  readonly release: string
  readonly home: string
  readonly trust: string | undefined
}

const MANIFEST = 'outputs/dataset-manifest.json'

/**
 * Verifies a release, and gives the manifest whose digest its AIBoM names.
 *
 * @throws VerificationError `RELEASE_FILE_MISSING` for a release without its manifest; what `verify` throws
 */
export async function readDatasetEvidence(
  { release, home, trust }: EvidencePlace,
  files: readonly ArtifactDescriptor[] = [],
): Promise<DatasetEvidence> {
  const deps = await composeVerification(home, trust)
  const reader = await openRelease(release)
  const report = await verifyRelease(reader, deps, { files })
  if (report.verdict === 'fail') return { report: { ...report, verdict: report.verdict } }
  const { inputs, outputs } = readAibomClaims(parseBom(await required('aibom.json', MAX_BOM_BYTES)))
  const bytes = await required(MANIFEST, MAX_DOCUMENT_BYTES)
  const actual = sha256Hex(bytes)
  const expected = outputs.datasetManifest.sha256
  if (actual !== expected) {
    const message = `${MANIFEST}: expected sha256 ${expected}, got ${actual}`
    throw new VerificationError('DIGEST_MISMATCH', message, { name: MANIFEST, expected, actual })
  }
  return { report, dataset: inputs.dataset.sha256, manifest: parseDatasetManifest(bytes) }

  async function required(name: string, maxBytes: number): Promise<Uint8Array> {
    const found = await reader.read(name, maxBytes)
    if (found === undefined) {
      throw new VerificationError('RELEASE_FILE_MISSING', `release: expected ${name}, got no such file`, { name })
    }
    return found
  }
}

/**
 * The Merkle root that a manifest records.
 *
 * @throws VerificationError `EVIDENCE_MISMATCH` for a manifest without one
 */
export function requireRoot(manifest: DatasetManifest): DatasetRoot {
  const { type, merkle } = manifest
  if (merkle !== undefined) return merkle
  const reason =
    ('merkleUnavailable' in manifest && manifest.merkleUnavailable) || `the manifest of type ${type} has none`
  const [what, expected, actual] = ['Merkle root of the data set', 'one', `none, as ${reason}`]
  throw new VerificationError('EVIDENCE_MISMATCH', `${what}: expected ${expected}, got ${actual}`, {
    what,
    expected,
    actual,
  })
}
