/** `bom-matches-links`: the AIBoM says of the run exactly what the job record, the links and the layout say. @module */

import {
  parseJobRecord,
  sha256Hex,
  VerificationError,
  VULNERABILITIES_NAME,
  type JobRecord,
  type JsonObject,
} from '@aibomgen/core'
import { readAibomClaims, type AibomClaims, type VulnerabilityFacts } from '@aibomgen/bom'
import { judgedLinks, type LinkFiles, type VerifiedLinks } from '@aibomgen/intoto'

import type { Finding } from '../check-ledger.ts'
import { listDifferences } from '../list-differences.ts'
import { issuersOf, readRecordedArtifacts } from '../recorded-artifacts.ts'
import { describeVulnerabilities } from '../recorded-findings.ts'
import { readRequired, type ReleaseReader } from '../release-reader.ts'
import type { ReleaseSubject } from '../report.ts'

/** What the links of a release, verified, and its other files hold against its AIBoM. */
export interface BomWitnesses {
  readonly links: VerifiedLinks
  readonly linkFiles: LinkFiles
  readonly release: ReleaseReader
}

/**
 * Every hash, the job id, every parameter and metadata value, the command, and the digests of links and layout: none
 * missing, none besides, none different. Who signed it signed its link; the vulnerabilities that it counts
 * are those that the worker's scan lists, and it is silent about none; where there was no scan, it says why in the worker's
 * words.
 *
 * @throws VerificationError `EVIDENCE_MISMATCH` for the first difference, with their number; ParseError for an AIBoM or
 * job record that cannot be read
 */
export async function checkBomMatchesLinks(
  bom: JsonObject,
  witnesses: BomWitnesses,
): Promise<Finding<Omit<ReleaseSubject, 'issuerKeyid'>>> {
  const claims = readAibomClaims(bom)
  assertIssuerOfLink(bom, witnesses.links)
  const record = parseJobRecord(await readRequired(witnesses.release, 'inputs/job.json'))
  const layout = await readRequired(witnesses.release, 'layout.json')
  const { links, release } = witnesses
  const findings = await describeVulnerabilities(links, () => readRequired(release, VULNERABILITIES_NAME))
  const expected = testify(record, { ...witnesses, findings }, sha256Hex(layout))
  const actual = restate(claims)
  const [difference, ...others] = listDifferences(expected, actual)
  if (difference !== undefined) {
    const more = others.length === 0 ? '' : `; ${others.length} more differences`
    const message = `aibom.json: ${difference.path}: expected ${difference.expected}, got ${difference.actual}${more}`
    throw new VerificationError('EVIDENCE_MISMATCH', message, {
      what: difference.path,
      expected: difference.expected,
      actual: difference.actual,
    })
  }
  return {
    value: {
      jobId: claims.jobId,
      timestamp: claims.timestamp,
      modelSha256: claims.outputs.trainedModel.sha256,
    },
    evidence: `job ${claims.jobId}, ${Object.keys(record.parameters).length} parameters, ${Object.keys(actual.artifacts).length} artifacts`,
  }
}

/** The AIBoM names as its signer who signed its link, whom the layout authorises: `bom-signature` holds that it is true. */
function assertIssuerOfLink({ signature }: JsonObject, links: VerifiedLinks): void {
  const isObject = typeof signature === 'object' && signature !== null && 'keyId' in signature
  const keyid = isObject && typeof signature.keyId === 'string' ? signature.keyId : 'none'
  if (issuersOf(links).some((issuer) => issuer.keyid === keyid)) return
  const reason = 'signed the AIBoM, and not the generate_aibom link'
  throw new VerificationError('KEY_NOT_TRUSTED', `key ${keyid.slice(0, 16)}: ${reason}`, { keyid, reason })
}

interface NamedDigest {
  readonly name: string
  readonly sha256: string
}

interface SubmittedClaim {
  readonly name: string | undefined
  readonly sha256: string
  readonly sizeBytes: number
}

/** What an AIBoM says that others say too. */
interface Testimony {
  readonly jobId: string
  readonly submittedAt: string
  readonly parameters: JobRecord['parameters']
  readonly metadata: JobRecord['metadata']
  /** The files as they were handed in, by their artifact names. */
  readonly submitted: Readonly<Record<string, SubmittedClaim>>
  readonly command: readonly string[]
  readonly vulnerabilities: VulnerabilityFacts
  /** What stands in which place: no artifact can pass for another under its name. */
  readonly artifacts: Readonly<Record<string, NamedDigest>>
  /** Links by their step, and the layout: SHA-256 by file name. */
  readonly evidence: Readonly<Record<'submitInputs' | 'runTraining' | 'layout', Readonly<Record<string, string>>>>
}

/** What links, layout and job record say. */
function testify(
  record: JobRecord,
  { links, linkFiles, findings }: BomWitnesses & { readonly findings: VulnerabilityFacts },
  layoutSha256: string,
): Testimony {
  const { inputs, outputs, byproducts } = readRecordedArtifacts(links)
  const linksOf = (step: string): Record<string, string> => {
    const stepLinks = links.byStep.get(step) ?? []
    return Object.fromEntries(stepLinks.map(({ file }) => [file, digestOf(linkFiles.get(file))]))
  }
  return {
    jobId: record.jobId,
    submittedAt: record.submittedAt,
    parameters: record.parameters,
    metadata: record.metadata,
    submitted: {
      'inputs/model': record.files.model,
      'inputs/dataset': record.files.dataset,
      'inputs/definition': record.files.definition,
    },
    command: judgedLinks(links).get('run_training')?.command ?? [],
    vulnerabilities: findings,
    artifacts: Object.fromEntries(
      [...inputs, ...outputs, ...byproducts].map(([name, sha256]) => [name, { name, sha256 }]),
    ),
    evidence: {
      submitInputs: linksOf('submit_inputs'),
      runTraining: linksOf('run_training'),
      layout: { 'layout.json': layoutSha256 },
    },
  }
}

/** The same, as the AIBoM says it. */
function restate(claims: AibomClaims): Testimony {
  const { inputs, outputs, byproducts, evidence, vulnerabilities } = claims
  return {
    jobId: claims.jobId,
    submittedAt: claims.submittedAt,
    parameters: claims.parameters,
    metadata: claims.metadata,
    submitted: {
      'inputs/model': describeSubmitted(inputs.model),
      'inputs/dataset': describeSubmitted(inputs.dataset),
      'inputs/definition': describeSubmitted(inputs.definition),
    },
    command: claims.command,
    vulnerabilities,
    artifacts: {
      'inputs/job.json': identify(inputs.job),
      'inputs/model': identify(inputs.model),
      'inputs/dataset': identify(inputs.dataset),
      'inputs/definition': identify(inputs.definition),
      'outputs/trained_model.keras': identify(outputs.trainedModel),
      'outputs/metrics.json': identify(outputs.metrics),
      'outputs/model-summary.json': identify(outputs.modelSummary),
      'outputs/preprocessing.json': identify(outputs.preprocessing),
      'outputs/dataset-manifest.json': identify(outputs.datasetManifest),
      'logs.txt': identify(byproducts.logs),
      'environment.json': identify(byproducts.environment),
      ...(vulnerabilities.state === 'scanned' && { [VULNERABILITIES_NAME]: identify(vulnerabilities.document) }),
    },
    evidence: {
      submitInputs: digestsByName([evidence.submitInputs]),
      runTraining: digestsByName(evidence.runTraining),
      layout: digestsByName([evidence.layout]),
    },
  }
}

function digestsByName(files: readonly NamedDigest[]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]))
}

function describeSubmitted({ submittedName, sha256, sizeBytes }: AibomClaims['inputs']['model']): SubmittedClaim {
  return { name: submittedName, sha256, sizeBytes }
}

function identify({ name, sha256 }: NamedDigest): NamedDigest {
  return { name, sha256 }
}

function digestOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'no such file' : sha256Hex(bytes)
}
