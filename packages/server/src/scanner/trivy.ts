/** Trivy as a scanner: of a list of packages, of a directory, or of a container image. @module */

import { isAbsolute } from 'node:path'

import { ConfigError, parseJson, parseWith, SdkError, toTimestamp, type Clock } from '@aibomgen/core'
import type { Finding, ScannerIdentity, Severity } from '@aibomgen/intoto'
import * as z from 'zod'

import { runTool, type ToolCall } from './run-tool.ts'
import { notScanned, orderFindings, type Scanner } from './vulnerability-scan.ts'

/**
 * What Trivy looks into: a CycloneDX document that lists packages, or a directory, by its absolute path; or an image by
 * its reference.
 */
export type TrivyTarget =
  { readonly kind: 'sbom' | 'fs'; readonly path: string } | { readonly kind: 'image'; readonly reference: string }

/** How Trivy is run. */
export interface TrivyOptions extends Pick<ToolCall, 'timeoutSeconds' | 'maxOutputBytes'> {
  readonly target: TrivyTarget
  /** Its whole environment: `PATH` to find it on, `HOME` or `TRIVY_CACHE_DIR` for its database. */
  readonly env: ToolCall['env']
}

// https://trivy.dev/latest/docs/configuration/reporting/#json: members that are not read here are passed over.
const reportSchema = z.object({
  SchemaVersion: z.literal(2),
  // Left out where nothing was found in any lock file: https://github.com/aquasecurity/trivy/discussions/6080
  Results: z
    .array(
      z.object({
        Vulnerabilities: z
          .array(
            z.object({
              VulnerabilityID: z.string().min(1),
              PkgName: z.string().min(1),
              InstalledVersion: z.string().default(''),
              PkgIdentifier: z.object({ PURL: z.string().optional() }).optional(),
              FixedVersion: z.string().optional(),
              Severity: z.enum(['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN']),
              Title: z.string().optional(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
})

const versionSchema = z.object({
  Version: z.string().min(1),
  VulnerabilityDB: z
    .object({ Version: z.number().optional(), UpdatedAt: z.string().transform((text) => toTimestamp(new Date(text))) })
    .optional(),
})

/** An image reference: no option, no white space. */
const IMAGE = /^[A-Za-z0-9][\w./:@-]{0,1023}$/

/**
 * A scanner that runs `trivy`. Its exit code says nothing of what it found.
 *
 * @throws ConfigError `CONFIG_INVALID` for a relative path or for what is no image reference
 */
export function createTrivyScanner(options: TrivyOptions, clock: Clock): Scanner {
  const target = argumentOf(options.target)
  const run = (argv: readonly string[], signal: AbortSignal): ReturnType<typeof runTool> =>
    runTool({ ...options, program: 'trivy', argv }, signal)
  return {
    async scan(signal) {
      const startedAt = clock.now()
      const argv = [options.target.kind, '--quiet', '--format', 'json', '--scanners', 'vuln', '--', target]
      const report = await run(argv, signal)
      if (report.state === 'not scanned') return report
      if (report.exitCode !== 0) return notScanned('failed', `trivy ended with ${report.exitCode}`)
      // Afterwards: a first scan fetches the database whose age is asked for here.
      const version = await run(['version', '--format', 'json'], signal)
      if (version.state === 'not scanned') return version
      try {
        const findings = orderFindings(parseTrivyReport(report.output))
        const scanner = parseTrivyVersion(version.output)
        return { state: 'scanned', scanner, startedAt, finishedAt: clock.now(), findings }
      } catch (error) {
        if (!(error instanceof SdkError)) throw error
        return notScanned('not-understood', error.message)
      }
    },
  }
}

/**
 * The findings in what `trivy --format json` wrote.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parseTrivyReport(bytes: Uint8Array): readonly Finding[] {
  const json = parseJson(bytes, { maxBytes: bytes.length, document: 'Trivy report' })
  const { Results } = parseWith(reportSchema, json, 'Trivy report')
  return (Results ?? []).flatMap(({ Vulnerabilities }) =>
    (Vulnerabilities ?? []).map((found) => ({
      id: found.VulnerabilityID,
      severity: found.Severity.toLowerCase() as Severity,
      packageName: found.PkgName,
      packageVersion: found.InstalledVersion,
      ...(found.PkgIdentifier?.PURL && { purl: found.PkgIdentifier.PURL }),
      ...(found.FixedVersion && { fixedIn: found.FixedVersion }),
      ...(found.Title && { title: found.Title }),
    })),
  )
}

function parseTrivyVersion(bytes: Uint8Array): ScannerIdentity {
  const json = parseJson(bytes, { maxBytes: bytes.length, document: 'Trivy version' })
  const { Version, VulnerabilityDB } = parseWith(versionSchema, json, 'Trivy version')
  return {
    name: 'trivy',
    uri: 'https://github.com/aquasecurity/trivy',
    version: Version,
    ...(VulnerabilityDB !== undefined && {
      database: {
        ...(VulnerabilityDB.Version !== undefined && { version: String(VulnerabilityDB.Version) }),
        updatedAt: VulnerabilityDB.UpdatedAt,
      },
    }),
  }
}

function argumentOf(target: TrivyTarget): string {
  const [value, good, expected] =
    target.kind === 'image'
      ? [target.reference, IMAGE.test(target.reference), 'an image reference']
      : [target.path, isAbsolute(target.path), 'an absolute path']
  if (good) return value
  const got = JSON.stringify(value)
  throw new ConfigError('CONFIG_INVALID', `what Trivy scans: expected ${expected}, got ${got}`, {
    document: 'scanner',
    problems: [{ path: `target.${target.kind}`, expected, got }],
  })
}
