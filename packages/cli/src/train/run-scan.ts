/** What a scanner says of the environment that a run on this machine saw. @module */

import type { Signer } from '@aibomgen/core'
import type { PipelineDeps } from '@aibomgen/pipeline'
import type { KeptScan, NotScanned } from '@aibomgen/server/scanner'

import type { Config } from '../config.ts'
import { showOnOneLine } from '../output.ts'

/** What came of looking for vulnerabilities. Not having looked is not having found nothing. */
export type ScanSummary =
  | Pick<KeptScan, 'state' | 'scanner' | 'scannedAt' | 'counts'>
  | (Pick<NotScanned, 'state' | 'reason'> & Partial<Pick<NotScanned, 'why'>>)

/** What a run says that nobody was to scan. */
export const NOT_ASKED_FOR = { state: 'not scanned', reason: 'it was not asked for' } as const

const TIMEOUT_SECONDS = 600

/** Scans, once, what the run says that it ran with. */
export function composeRunScan(
  signer: Signer,
  { scratch }: { readonly scratch: string },
  onScan: (scan: ScanSummary) => void,
  { environment }: Config,
): NonNullable<PipelineDeps['findVulnerabilities']> {
  return async ({ packages }) => {
    const { composeEnvironmentScans } = await import('../platform/environment-scans.ts')
    const { scans } = await composeEnvironmentScans({
      settings: { scanners: ['trivy'], intervalSeconds: TIMEOUT_SECONDS, timeoutSeconds: TIMEOUT_SECONDS },
      directory: scratch,
      signer,
      packages,
      environment,
      logger: SILENT,
    })
    const scan = await scans.scanNow(new AbortController().signal)
    onScan(summarizeScan(scan))
    return scan
  }
}

/** A scan without its document. */
export function summarizeScan(scan: KeptScan | NotScanned): ScanSummary {
  if (scan.state === 'not scanned') return scan
  const { state, scanner, scannedAt, counts } = scan
  return { state, scanner, scannedAt, counts }
}

/** A scan on one line. */
export function describeScan(scan: ScanSummary): string {
  if (scan.state === 'not scanned') return `not scanned: ${showOnOneLine(scan.reason)}`
  const counts = Object.entries(scan.counts).map(([severity, count]) => `${count} ${severity}`)
  return `${showOnOneLine(scan.scanner)} at ${scan.scannedAt}: ${counts.join(', ')}`
}

/** What there is to say stands in the result. */
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
