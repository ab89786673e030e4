/** `provenance`: the SLSA statement says what the links say. @module */

import { canonicalizeJson, sha256Hex, TRAINING_BUILD_TYPE, utf8Decode, type JobRecord } from '@aibomgen/core'
import { parseSlsaProvenance, verifyStatement, type VerifiedLinks } from '@aibomgen/intoto'

import { assertDigests, assertSame } from '../assert-same.ts'
import type { Finding } from '../check-ledger.ts'
import { issuersOf, readRecordedArtifacts } from '../recorded-artifacts.ts'

/**
 * The provenance is by an issuer of the AIBoM's own link, and about this job; its subjects are the outputs and the AIBoM,
 * its dependencies the inputs, its external parameters the job record: these and no others.
 *
 * @throws VerificationError `SIGNATURE_THRESHOLD`, `EVIDENCE_MISMATCH`; ParseError
 */
export async function checkProvenance(
  bytes: Uint8Array,
  job: JobRecord,
  links: VerifiedLinks,
): Promise<Finding<undefined>> {
  const artifacts = readRecordedArtifacts(links)
  const statement = await verifyStatement(bytes, issuersOf(links))
  const { buildDefinition, runDetails } = parseSlsaProvenance(statement)
  assertSame('provenance invocationId', job.jobId, runDetails.metadata?.invocationId ?? 'nothing')
  assertSame('provenance buildType', TRAINING_BUILD_TYPE, buildDefinition.buildType)
  assertSame('provenance externalParameters', describe(job), describe(buildDefinition.externalParameters))
  assertDigests('provenance subject', new Map([...artifacts.outputs, ...artifacts.aibom]), statement.subject)
  assertDigests('provenance resolvedDependencies', artifacts.inputs, buildDefinition.resolvedDependencies ?? [])
  return {
    value: undefined,
    evidence: `${statement.subject.length} subjects, statement ${sha256Hex(bytes).slice(0, 16)}`,
  }
}

function describe(value: unknown): string {
  return utf8Decode(canonicalizeJson(value))
}
