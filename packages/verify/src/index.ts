/** Verify a release or an evidence bundle, offline. Runs in a browser. @module */

export { assertSame } from './assert-same.ts'
export { STEP_ROLES, verifySteps, type ChainDemands, type ChainFiles } from './chain.ts'
export {
  createBundleReader,
  isBundled,
  MAX_BUNDLE_BYTES,
  MAX_BUNDLED_FILE_BYTES,
  parseEvidenceBundle,
  serializeEvidenceBundle,
  type EvidenceBundle,
} from './evidence-bundle.ts'
export type { ReproductionEvidence, VerifyDeps, VerifyPolicy } from './policy.ts'
export { describeVulnerabilities } from './recorded-findings.ts'
export { readRecordedArtifacts, type RecordedArtifacts } from './recorded-artifacts.ts'
export { parseReleaseIndex, serializeReleaseIndex, type ReleaseIndex } from './release-index.ts'
export { readLinks } from './release-evidence.ts'
export { MAX_DOCUMENT_BYTES, readRequired, type ReleaseReader } from './release-reader.ts'
export {
  CHECK_NAMES,
  REPRODUCTION_CHECK,
  type CheckName,
  type CheckResult,
  type ReleaseSubject,
  type VerificationReport,
  type Verdict,
} from './report.ts'
export { verifyRelease } from './verify-release.ts'
