/** `reproduction`: what somebody found who trained the release again. @module */

import {
  findSigners,
  keysInForce,
  parseEnvelope,
  requireKeyInForce,
  sha256Hex,
  type KeyId,
  type Timestamp,
  type TrustRoot,
} from '@aibomgen/core'
import { parseReproduction, verifyStatement, type Reproduction, type VerifiedLinks } from '@aibomgen/intoto'

import { assertDigests, assertSame } from '../assert-same.ts'
import type { Finding } from '../check-ledger.ts'
import { readRecordedArtifacts, workersOf } from '../recorded-artifacts.ts'

/** The release that a reproduction has to be about, and who may speak of it. */
export interface ReproductionDemands {
  readonly trustRoot: TrustRoot
  readonly links: VerifiedLinks
  readonly jobId: string
}

/**
 * The Statement is by a worker that was in force when the training ended, and about this very release: its job, its
 * AIBoM, its outputs and no others. That the outcome differs is no failure: it is what was found.
 *
 * @throws VerificationError `SIGNATURE_THRESHOLD`, `KEY_NOT_TRUSTED`, `EVIDENCE_MISMATCH`; ParseError
 */
export async function checkReproduction(
  bytes: Uint8Array,
  { trustRoot, links, jobId }: ReproductionDemands,
): Promise<Finding<Reproduction>> {
  // All workers that the root has ever named: a false signature and a true one out of season are told apart.
  const workers = trustRoot.keys.filter(({ role }) => role === 'worker').map(({ key }) => key)
  const statement = await verifyStatement(bytes, workers)
  const reproduction = parseReproduction(statement)
  const signer = requireSigner(trustRoot, await findSigners(parseEnvelope(bytes), workers), reproduction.endedAt)

  const { outputs, aibom } = readRecordedArtifacts(links)
  assertSame('reproduction jobId', jobId, reproduction.release.jobId)
  assertDigests('reproduction aibom', aibom, [{ name: 'aibom.json', digest: reproduction.release.aibom }])
  assertDigests('reproduction subject', outputs, statement.subject)
  const released = reproduction.outputs.map(({ name, released: sha256 }) => ({ name, digest: { sha256 } }))
  assertDigests('reproduction output', outputs, released)
  const isOwn = workersOf(links).some(({ keyid }) => keyid === signer)
  const by = `worker ${signer.slice(0, 16)}${isOwn ? ', who trained it' : ''}`
  return {
    value: reproduction,
    evidence: `${describe(reproduction)}, says ${by}, statement ${sha256Hex(bytes).slice(0, 16)}`,
  }
}

/** One who signed and was in force; where nobody was, the error says of one why not. */
function requireSigner(trustRoot: TrustRoot, signers: ReadonlySet<KeyId>, at: Timestamp): KeyId {
  const found = keysInForce(trustRoot, 'worker', at).find(({ keyid }) => signers.has(keyid))
  const [first = ''] = signers
  return found?.keyid ?? requireKeyInForce(trustRoot, first, 'worker', at).keyid
}

function describe({ verdict, outputs, weights, endedAt }: Reproduction): string {
  if (verdict === 'reproduced') return `reproduced bit for bit at ${endedAt}`
  const others = outputs.filter(({ released, reproduced }) => released !== reproduced)
  const apart =
    weights === undefined ? 'weights the same' : `weights at most ${weights.maxAbsolute.toPrecision(3)} apart`
  return `differs in ${others.length} of ${outputs.length} outputs at ${endedAt}, ${apart}`
}
