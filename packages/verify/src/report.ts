/** What a verification found, check by check. @module */

import type { Reproduction } from '@aibomgen/intoto'

/** The checks of a release, in the order in which a report lists them. All are required. */
export const CHECK_NAMES = [
  'layout-signature',
  'layout-expiry',
  'link-signatures',
  'link-thresholds',
  'artifact-rules',
  'bom-schema',
  'bom-signature',
  'bom-lint',
  'bom-matches-links',
  'provenance',
  'artifact-digests',
] as const
/** The check of a reproduction: after the others, and only where the verifier brought a Statement of one. */
export const REPRODUCTION_CHECK = 'reproduction'
/** One of the checks. */
export type CheckName = (typeof CHECK_NAMES)[number] | typeof REPRODUCTION_CHECK

/** What one check found. A skipped check was required all the same: the release did not pass. */
export type CheckResult =
  | { readonly name: CheckName; readonly status: 'pass'; readonly evidence: string }
  | {
      readonly name: CheckName
      readonly status: 'fail'
      readonly code: string
      readonly message: string
      readonly detail: unknown
    }
  | { readonly name: CheckName; readonly status: 'skipped'; readonly reason: string }

/** `evidence-only`: everything passed, and there was no trained model to hold against it. */
export type Verdict = 'pass' | 'fail' | 'evidence-only'

/** The outcome of a verification. */
export interface VerificationReport {
  readonly verdict: Verdict
  /** All eleven, in the order of `CHECK_NAMES`, and then the reproduction's where it was asked for. */
  readonly checks: readonly CheckResult[]
  /** From the AIBoM, once its signature and everything else held; absent otherwise. */
  readonly subject?: ReleaseSubject
  /** What came out when somebody trained again, in the words of a Statement that holds: it may well differ. */
  readonly reproduction?: Reproduction
  /** Artifacts that the evidence names and that were not at hand. */
  readonly absent: readonly string[]
  /** Files at hand that no evidence speaks of. */
  readonly uncovered: readonly string[]
}

/** What a verified release is about. */
export interface ReleaseSubject {
  readonly jobId: string
  /** When the AIBoM was made, as its issuer says. */
  readonly timestamp: string
  readonly modelSha256: string
  readonly issuerKeyid: string
}
