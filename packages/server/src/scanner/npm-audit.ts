/** `npm audit` as a scanner: of the packages that a lock file names, where a registry answers. @module */

import { join } from 'node:path'

import { parseJson, parseWith, SdkError, type Clock, type JsonValue } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import type { Finding, Severity } from '@aibomgen/intoto'
import * as z from 'zod'

import { runTool, type ToolCall } from './run-tool.ts'
import { notScanned, orderFindings, type NotScanned, type Scanner } from './vulnerability-scan.ts'

/** How npm is run. */
export interface NpmAuditOptions extends Pick<ToolCall, 'timeoutSeconds' | 'maxOutputBytes'> {
  /** Absolute path of the directory with `package.json` and `package-lock.json`. */
  readonly directory: string
  /** Its whole environment: `PATH` to find npm and node on, `HOME` for the registry's settings. */
  readonly env: ToolCall['env']
}

const MAX_LOCK_BYTES = 64 * 1024 * 1024

// What `npm audit --json` writes, report version 2: npm's documentation of `npm audit`, and @npmcli/metavuln-calculator.
const advisorySchema = z.object({
  title: z.string().optional(),
  url: z.string().min(1),
  severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
})
const reportSchema = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      name: z.string().min(1),
      /** A text names another vulnerable package by which this one is affected: that one has the advisory. */
      via: z.array(z.union([z.string(), advisorySchema])),
      nodes: z.array(z.string()),
    }),
  ),
})
const refusalSchema = z.object({
  message: z.string().optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }).optional(),
})
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })

const SEVERITY_OF: Readonly<Record<z.infer<typeof advisorySchema>['severity'], Severity>> = {
  critical: 'critical',
  high: 'high',
  moderate: 'medium',
  low: 'low',
  info: 'low',
}

/** A scanner that runs `npm audit` over the lock file, without the packages that are for development only. */
export function createNpmAuditScanner(options: NpmAuditOptions, clock: Clock): Scanner {
  return {
    async scan(signal) {
      const startedAt = clock.now()
      const argv = ['audit', '--json', '--omit=dev', '--package-lock-only']
      const answer = await runTool({ ...options, program: 'npm', argv }, signal)
      if (answer.state === 'not scanned') return answer
      try {
        const report = parseJson(answer.output, { maxBytes: answer.output.length, document: 'npm audit' })
        // It ends with 1 both for findings and for a registry that refuses: what it wrote tells them apart.
        const refused = readRefusal(report)
        if (refused !== undefined) return refused
        const findings = orderFindings(parseNpmAudit(report, await readLockedVersions(options.directory)))
        const scanner = { name: 'npm audit', uri: 'https://docs.npmjs.com/cli/commands/npm-audit' }
        return { state: 'scanned', scanner, startedAt, finishedAt: clock.now(), findings }
      } catch (error) {
        if (!(error instanceof SdkError)) throw error
        return notScanned('not-understood', error.message)
      }
    },
  }
}

/**
 * The findings of a report: one for each advisory and each installed version that it speaks of.
 *
 * @param versions - of packages, by their place in the lock file (`node_modules/x`)
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function parseNpmAudit(report: JsonValue, versions: ReadonlyMap<string, string>): readonly Finding[] {
  const { vulnerabilities } = parseWith(reportSchema, report, 'npm audit')
  return Object.values(vulnerabilities).flatMap(({ name, via, nodes }) =>
    via
      .filter((advisory) => typeof advisory !== 'string')
      .flatMap((advisory) =>
        nodes.map((node) => ({
          // The advisory's address ends with its name: https://github.com/advisories/GHSA-…
          id: advisory.url.split('/').at(-1) || advisory.url,
          severity: SEVERITY_OF[advisory.severity],
          packageName: name,
          packageVersion: versions.get(node) ?? '',
          ...(advisory.title && { title: advisory.title }),
        })),
      ),
  )
}

function readRefusal(report: JsonValue): NotScanned | undefined {
  const refusal = refusalSchema.safeParse(report)
  const error = refusal.data?.error
  if (error === undefined) return undefined
  const reason = error.summary || refusal.data?.message || error.code || 'no reason given'
  return notScanned('unavailable', `the registry gives no audit: ${reason.slice(0, 300)}`)
}

async function readLockedVersions(directory: string): Promise<ReadonlyMap<string, string>> {
  const bytes = await readFileBounded(join(directory, 'package-lock.json'), MAX_LOCK_BYTES)
  const lock = parseJson(bytes, { maxBytes: MAX_LOCK_BYTES, document: 'package-lock.json' })
  const { packages } = parseWith(lockSchema, lock, 'package-lock.json')
  return new Map(Object.entries(packages).flatMap(([node, { version }]) => (version ? [[node, version]] : [])))
}
