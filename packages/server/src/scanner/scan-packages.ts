/** The packages of a training environment as something to scan: a list for a scanner, and its digest for the result. @module */

import { canonicalizeJson, sha256Hex } from '@aibomgen/core'
import type { Subject } from '@aibomgen/intoto'
import type { EnvironmentReport } from '@aibomgen/trainer/job'

import { notScanned, type NotScanned, type Scanner } from './vulnerability-scan.ts'

type Packages = Extract<EnvironmentReport['packages'], { readonly status: 'observed' }>['value']

/**
 * The subject of a scan of these packages: SHA-256 of the list `packages` in the run's `environment.json`, in canonical
 * JSON. So whoever holds a release can tell that the scan was of that environment.
 */
export function subjectOfPackages(packages: Packages): Subject {
  return { name: 'environment.json#/packages/value', digest: { sha256: sha256Hex(canonicalizeJson([...packages])) } }
}

/** The packages as a CycloneDX document: what a scanner reads. The same packages give the same bytes. */
export function serializePackages(packages: Packages): Uint8Array {
  return canonicalizeJson({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    components: packages.map(({ name, version, purl }) => ({ type: 'library', 'bom-ref': purl, name, version, purl })),
  })
}

/** A scanner that asks one after the other until one comes to its end. What it says otherwise is why none did. */
export function askInOrder(scanners: readonly Scanner[]): Scanner {
  return {
    async scan(signal) {
      const refusals: NotScanned[] = []
      for (const scanner of scanners) {
        const outcome = await scanner.scan(signal)
        if (outcome.state === 'scanned') return outcome
        refusals.push(outcome)
      }
      const [first] = refusals
      if (first === undefined) return notScanned('no-scanner', 'scanning is switched off')
      return notScanned(first.why, refusals.map(({ reason }) => reason).join('; '))
    },
  }
}
