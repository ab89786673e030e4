/** `bom-matches-links`: the AIBoM says of the run exactly what the job record, the links and the layout say. @module */

import { parseJobRecord, sha256Hex, VerificationError, type JobRecord, type JsonObject } from '@aibomgen/core'
import { readAibomClaims, type AibomClaims } from '@aibomgen/bom'
import { judgedLinks, type LinkFiles, type VerifiedLinks } from '@aibomgen/intoto'

import type { Finding } from '../check-ledger.ts'
import { listDifferences } from '../list-differences.ts'
import { readRecordedArtifacts } from '../recorded-artifacts.ts'
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
 * missing, none besides, none different.
 *
 * @throws VerificationError `EVIDENCE_MISMATCH` for the first difference, with their number; ParseError for an AIBoM or
 * job record that cannot be read
 */
export async function checkBomMatchesLinks(
  bom: JsonObject,
  witnesses: BomWitnesses,
): Promise<Finding<Omit<ReleaseSubject, 'issuerKeyid'>>> {
  const claims = readAibomClaims(bom)
  const record = parseJobRecord(await readRequired(witnesses.release, 'inputs/job.json'))
  const layout = await readRequired(witnesses.release, 'layout.json')
  const expected = testify(record, witnesses, sha256Hex(layout))
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

interface NamedDigest {
  readonly name: string
  readonly sha256: string
}

/** What an AIBoM says that others say too. */
interface Testimony {
  readonly jobId: string
  readonly submittedAt: string
  readonly parameters: JobRecord['parameters']
  readonly metadata: JobRecord['metadata']
  readonly submittedNames: Readonly<Record<string, string | undefined>>
  readonly command: readonly string[]
  /** What stands in which place: no artifact can pass for another under its name. */
  readonly artifacts: Readonly<Record<string, NamedDigest>>
  /** Links by their step, and the layout: SHA-256 by file name. */
  readonly evidence: Readonly<Record<'submitInputs' | 'runTraining' | 'layout', Readonly<Record<string, string>>>>
}

/** What links, layout and job record say. */
function testify(record: JobRecord, { links, linkFiles }: BomWitnesses, layoutSha256: string): Testimony {
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
    submittedNames: {
      'inputs/model': record.files.model.name,
      'inputs/dataset': record.files.dataset.name,
      'inputs/definition': record.files.definition.name,
    },
    command: judgedLinks(links).get('run_training')?.command ?? [],
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
  const { inputs, outputs, byproducts, evidence } = claims
  return {
    jobId: claims.jobId,
    submittedAt: claims.submittedAt,
    parameters: claims.parameters,
    metadata: claims.metadata,
    submittedNames: {
      'inputs/model': inputs.model.submittedName,
      'inputs/dataset': inputs.dataset.submittedName,
      'inputs/definition': inputs.definition.submittedName,
    },
    command: claims.command,
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

function identify({ name, sha256 }: NamedDigest): NamedDigest {
  return { name, sha256 }
}

function digestOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'no such file' : sha256Hex(bytes)
}
