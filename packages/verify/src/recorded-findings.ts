/** What a scan of the training environment found: as the worker that ran the training signed it. @module */

import { sha256Hex, VULNERABILITIES_NAME } from '@aibomgen/core'
import type { VulnerabilityFacts } from '@aibomgen/bom'
import { countFindings, describeScanner, verifyVulnerabilities, type VerifiedLinks } from '@aibomgen/intoto'

/**
 * What an AIBoM has to say of `vulnerabilities.json`: the worker's word, and nobody else's.
 *
 * @param bytes - the document that a `run_training` link names; whether it is that very one is the caller's to check
 * @throws VerificationError `SIGNATURE_THRESHOLD` where no worker of the run signed it, `PAYLOAD_TYPE_MISMATCH`;
 * ParseError
 */
export async function describeFindings(bytes: Uint8Array, links: VerifiedLinks): Promise<VulnerabilityFacts> {
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
