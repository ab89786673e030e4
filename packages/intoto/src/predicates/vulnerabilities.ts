/** `vulnerabilities.json`: a scan as a signed document, for a release to carry and an AIBoM to name. @module */

import { toTimestamp, type JsonObject, type PublicKey, type Signer, type Timestamp } from '@aibomgen/core'
import * as z from 'zod'

import type { Subject } from '../resource-descriptor.ts'
import { buildStatement, parsePredicate, signStatement, verifyStatement } from '../statement.ts'

/** How bad a vulnerability is, worst first. `unknown` where the scanner does not say. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'unknown'] as const
/** One of the severities. */
export type Severity = (typeof SEVERITIES)[number]

/** A known vulnerability of a package that is there. */
export interface Finding {
  /** As its database names it: `CVE-2026-1234`, `GHSA-…`. */
  readonly id: string
  readonly severity: Severity
  readonly packageName: string
  readonly packageVersion: string
  readonly purl?: string
  /** The versions, as the scanner words them, in which it is mended. */
  readonly fixedIn?: string
  readonly title?: string
}

/** Who looked. `uri` says where the program comes from. */
export interface ScannerIdentity {
  readonly name: string
  readonly uri: string
  readonly version?: string
  /** The vulnerabilities that it knew. */
  readonly database?: { readonly version?: string; readonly updatedAt: Timestamp }
}

/** A scan that came to its end. No findings means that the scanner found none, and no more than that. */
export interface VulnerabilityScan {
  readonly state: 'scanned'
  readonly scanner: ScannerIdentity
  readonly startedAt: Timestamp
  readonly finishedAt: Timestamp
  /** By severity, package, version and id. */
  readonly findings: readonly Finding[]
}

/**
 * `predicateType` of the document. Version 0.2, for in 0.1 the text of the specification and its example disagree about
 * where an id stands.
 *
 * @see https://github.com/in-toto/attestation/blob/main/spec/predicates/vulns_02.md
 */
export const VULNERABILITIES_TYPE = 'https://in-toto.io/attestation/vulns/v0.2'

/** What stands in place of a quantitative method: the scanner's word for how bad it is. */
const SEVERITY_METHOD = 'severity'

const timestamp = z.iso.datetime({ offset: true }).transform((text) => toTimestamp(new Date(text)))
const resultSchema = z.object({
  id: z.string().min(1),
  severity: z.tuple([z.object({ method: z.literal(SEVERITY_METHOD), score: z.enum(SEVERITIES) })]),
  annotations: z.tuple([
    z.strictObject({
      packageName: z.string(),
      packageVersion: z.string(),
      purl: z.string().optional(),
      fixedIn: z.string().optional(),
      title: z.string().optional(),
    }),
  ]),
})
const predicateSchema = z.object({
  scanner: z.object({
    name: z.string().min(1),
    uri: z.string().min(1),
    version: z.string().optional(),
    db: z.object({ version: z.string().optional(), lastUpdate: timestamp }).optional(),
    result: z.array(resultSchema),
  }),
  metadata: z.object({ scanStartedOn: timestamp, scanFinishedOn: timestamp }),
})

/**
 * The document's bytes: an in-toto Statement in a DSSE envelope.
 *
 * @param subject - what was looked into: an image, or the lock file of what is installed, by its digest
 * @throws CryptoError `SIGNING_FAILED`
 */
export async function signVulnerabilities(
  scan: VulnerabilityScan,
  subject: readonly Subject[],
  signers: readonly Signer[],
): Promise<Uint8Array> {
  return signStatement(buildStatement(subject, VULNERABILITIES_TYPE, toPredicate(scan)), signers)
}

/**
 * The scan in a document that one of `keys` signed, and what was looked into.
 *
 * @param keys - held by the verifier before it saw the document
 * @throws ParseError; VerificationError `PAYLOAD_TYPE_MISMATCH`, `SIGNATURE_THRESHOLD`
 */
export async function verifyVulnerabilities(
  bytes: Uint8Array,
  keys: readonly PublicKey[],
): Promise<{ readonly scan: VulnerabilityScan; readonly subject: readonly Subject[] }> {
  const statement = await verifyStatement(bytes, keys)
  const { subject } = statement
  const { scanner, metadata } = parsePredicate(statement, VULNERABILITIES_TYPE, {
    schema: predicateSchema,
    document: 'vulnerabilities',
  })
  const { name, uri, version, db, result } = scanner
  return {
    subject,
    scan: {
      state: 'scanned',
      scanner: {
        name,
        uri,
        ...(version !== undefined && { version }),
        ...(db !== undefined && {
          database: { ...(db.version !== undefined && { version: db.version }), updatedAt: db.lastUpdate },
        }),
      },
      startedAt: metadata.scanStartedOn,
      finishedAt: metadata.scanFinishedOn,
      findings: result.map(toFinding),
    },
  }
}

/** How many findings there are of each severity, zeros included. */
export function countFindings(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 }
  for (const { severity } of findings) counts[severity] += 1
  return counts
}

/** The scanner as an AIBoM calls it: name and version, `trivy 0.70.0`. */
export function describeScanner({ name, version }: ScannerIdentity): string {
  return version === undefined ? name : `${name} ${version}`
}

function toPredicate({ scanner, startedAt, finishedAt, findings }: VulnerabilityScan): JsonObject {
  const { name, uri, version, database } = scanner
  return {
    scanner: {
      name,
      uri,
      ...(version !== undefined && { version }),
      ...(database !== undefined && {
        db: { ...(database.version !== undefined && { version: database.version }), lastUpdate: database.updatedAt },
      }),
      result: findings.map(({ id, severity, ...where }) => ({
        id,
        severity: [{ method: SEVERITY_METHOD, score: severity }],
        annotations: [where],
      })),
    },
    metadata: { scanStartedOn: startedAt, scanFinishedOn: finishedAt },
  }
}

function toFinding({ id, severity: [{ score }], annotations: [where] }: z.infer<typeof resultSchema>): Finding {
  const { packageName, packageVersion, purl, fixedIn, title } = where
  return {
    id,
    severity: score,
    packageName,
    packageVersion,
    ...(purl !== undefined && { purl }),
    ...(fixedIn !== undefined && { fixedIn }),
    ...(title !== undefined && { title }),
  }
}
