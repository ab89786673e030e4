/** Scans of the environment that trainings run in, by the scanners of this machine. @module */

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { ParseError, VerificationError, type Signer } from '@aibomgen/core'
import { readFileBounded, writeFileAtomic } from '@aibomgen/core/node'
import { verifyVulnerabilities, type Subject } from '@aibomgen/intoto'
import type { VulnerabilitySearch } from '@aibomgen/pipeline'
import {
  askInOrder,
  createNpmAuditScanner,
  createTrivyScanner,
  notScanned,
  serializePackages,
  subjectOfPackages,
  VulnerabilityScans,
  type Scanner,
  type VulnerabilityScansDeps,
} from '@aibomgen/server/scanner'
import type { EnvironmentReport } from '@aibomgen/trainer/environment'

import { systemClock } from '../compose.ts'
import type { Environment } from '../config.ts'
import { pathInPackage } from '../package-files.ts'
import type { ScanSettings } from './settings.ts'

/** What a scan of this machine's training environment needs. */
export interface EnvironmentScansOrder {
  readonly settings: ScanSettings
  /** Where the last scan lies, and the list of packages that a scanner reads. Made when it is missing. */
  readonly directory: string
  /** The worker's: a scan is what the worker saw. */
  readonly signer: Signer
  readonly packages: EnvironmentReport['packages']
  readonly environment: Environment
  readonly logger: VulnerabilityScansDeps['logger']
}

/** Scans of one environment. */
export interface EnvironmentScans {
  readonly scans: VulnerabilityScans
  /**
   * The signed scan of the environment that a run saw, by this process or by `aibomgen scan`: the last that came to its
   * end, or the first, once it has. Why there is none where no scanner answered, or where the packages are others than
   * were scanned.
   */
  readonly find: (environment: EnvironmentReport) => Promise<VulnerabilitySearch>
}

/** A report names every vulnerability with all that is known of it. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

/** Variables that a scanner may see: where programs and its database are, and by which way it fetches that. */
const SCANNER_VARIABLES =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|SSL_CERT_(FILE|DIR)|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|TRIVY_.*|npm_config_.*)$/

const OTHER_PACKAGES: VulnerabilitySearch = {
  state: 'not scanned',
  reason: 'the packages of the run were not observed to be those that are scanned',
}

/** The scans of this machine's training environment. */
export async function composeEnvironmentScans(order: EnvironmentScansOrder): Promise<EnvironmentScans> {
  const { directory, signer, logger, packages } = order
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const document = join(directory, `vulnerabilities-${signer.publicKey.keyid.slice(0, 8)}.json`)
  const { scanner, subject } = await composeScanner(order)
  const scans = new VulnerabilityScans({
    scanner,
    subject: [subject],
    signer,
    keep: ({ bytes }) => writeFileAtomic(document, bytes),
    wait: (seconds, signal) => setTimeout(seconds * 1000, undefined, { signal }),
    logger,
  })
  return {
    scans,
    async find(environment) {
      if (!isSame(environment.packages, packages)) return OTHER_PACKAGES
      const bytes = await readKept(document, signer, subject)
      return bytes === undefined ? await scans.settled() : { state: 'scanned', bytes }
    },
  }
}

async function composeScanner({ settings, directory, packages, environment }: EnvironmentScansOrder): Promise<{
  readonly scanner: Scanner
  readonly subject: Subject
}> {
  const { image, timeoutSeconds } = settings
  const variables = Object.entries(environment).filter(([name]) => SCANNER_VARIABLES.test(name))
  const options = {
    env: Object.fromEntries(variables.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    timeoutSeconds,
    maxOutputBytes: MAX_REPORT_BYTES,
  }
  const list = packages.status === 'observed' ? packages.value : []
  const path = join(directory, 'packages.cdx.json')
  await writeFileAtomic(path, serializePackages(list))
  const lockDirectory = findLockDirectory(dirname(pathInPackage('package.json')))
  const scanners = settings.scanners.flatMap((name) => {
    switch (name) {
      case 'trivy': {
        const target =
          image === undefined ? ({ kind: 'sbom', path } as const) : ({ kind: 'image', reference: image } as const)
        return [createTrivyScanner({ ...options, target }, systemClock)]
      }
      case 'npm-audit':
        return lockDirectory === undefined
          ? [lackLockFile()]
          : [createNpmAuditScanner({ ...options, directory: lockDirectory }, systemClock)]
      default:
        return []
    }
  })
  return {
    scanner: askInOrder(scanners),
    subject: image === undefined ? subjectOfPackages(list) : subjectOfImage(image),
  }
}

function lackLockFile(): Scanner {
  return { scan: async () => notScanned('unavailable', 'npm audit needs a package-lock.json') }
}

function subjectOfImage(reference: string): Subject {
  const [name = '', sha256 = ''] = reference.split('@sha256:')
  return { name, digest: { sha256 } }
}

/** The nearest lock file above this program's own: what it was installed from. */
function findLockDirectory(directory: string): string | undefined {
  if (existsSync(join(directory, 'package-lock.json'))) return directory
  const parent = dirname(directory)
  return parent === directory ? undefined : findLockDirectory(parent)
}

function isSame(seen: EnvironmentReport['packages'], scanned: EnvironmentReport['packages']): boolean {
  if (seen.status !== 'observed' || scanned.status !== 'observed') return false
  return subjectOfPackages(seen.value).digest['sha256'] === subjectOfPackages(scanned.value).digest['sha256']
}

/** The scan that lies there, when this worker signed it, and it is of this very subject. */
async function readKept(path: string, signer: Signer, subject: Subject): Promise<Uint8Array | undefined> {
  if (!existsSync(path)) return undefined
  const bytes = await readFileBounded(path, MAX_DOCUMENT_BYTES)
  try {
    const { subject: subjects } = await verifyVulnerabilities(bytes, [signer.publicKey])
    const isIt = subjects.some(({ digest }) => digest['sha256'] === subject.digest['sha256'])
    return isIt ? bytes : undefined
  } catch (error) {
    // Somebody else's, or none: it says nothing of this environment, and the next scan replaces it.
    if (error instanceof ParseError || error instanceof VerificationError) return undefined
    throw error
  }
}
