/** What a scan of the training environment found, or why there was none: in the words of the run's worker. @module */

import { isReason, NOT_SCANNED_NAME, sha256Hex, VerificationError, VULNERABILITIES_NAME } from '@aibomgen/core'
import type { VulnerabilityFacts } from '@aibomgen/bom'
import {
  countFindings,
  describeScanner,
  judgedLinks,
  verifyVulnerabilities,
  type VerifiedLinks,
} from '@aibomgen/intoto'

import { requireLink } from './recorded-artifacts.ts'

/**
 * What an AIBoM has to say of vulnerabilities: the worker's word, and nobody else's. Where the `run_training` link
 * records a scan, it is what `vulnerabilities.json` counts; otherwise it is the link's reason. A link of before
 * reasons were recorded has none.
 *
 * @param readScan - the bytes of `vulnerabilities.json`; whether they are those that the link names is the caller's to check
 * @throws VerificationError `LINK_INVALID` for a reason that is none, or that stands beside a scan;
 * `SIGNATURE_THRESHOLD` for a scan that no worker of the run signed, `PAYLOAD_TYPE_MISMATCH`; ParseError; whatever
 * `readScan` throws
 */
export async function describeVulnerabilities(
  links: VerifiedLinks,
  readScan: () => Promise<Uint8Array>,
): Promise<VulnerabilityFacts> {
  const { byproducts } = requireLink(judgedLinks(links), 'run_training')
  const isScanned = VULNERABILITIES_NAME in byproducts
  const reason = byproducts[NOT_SCANNED_NAME]
  if (isScanned && reason === undefined) return describeFindings(await readScan(), links)
  if (isScanned) throw invalidReason('no reason for not scanning beside a scan')
  if (reason === undefined) return { state: 'not scanned' }
  if (!isReason(reason)) throw invalidReason('a reason on one line, not too long')
  return { state: 'not scanned', reason }
}

function invalidReason(expected: string): VerificationError<'LINK_INVALID'> {
  const reason = `expected ${expected} at ${NOT_SCANNED_NAME}`
  return new VerificationError('LINK_INVALID', `link "run_training": ${reason}`, { step: 'run_training', reason })
}

async function describeFindings(bytes: Uint8Array, links: VerifiedLinks): Promise<VulnerabilityFacts> {
  const workers = (links.byStep.get('run_training') ?? []).map(({ publicKey }) => publicKey)
  const { scan } = await verifyVulnerabilities(bytes, workers)
  return {
    state: 'scanned',
    document: { name: VULNERABILITIES_NAME, sha256: sha256Hex(bytes) },
    scanner: describeScanner(scan.scanner),
    scannedAt: scan.finishedAt,
    counts: countFindings(scan.findings),
  }
}
