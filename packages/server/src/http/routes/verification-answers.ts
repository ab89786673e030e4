/** What the verification operations answer: the original's members and words, and our checks. @module */

import { CHECK_NAMES, type CheckName, type CheckResult, type VerificationReport } from '@aibomgen/verify'
import * as z from 'zod'

import { leftOut } from '../openapi.ts'

/** What one check found. */
export interface CheckAnswer {
  readonly name: CheckName
  readonly status: CheckResult['status']
  /** What was found, or why it was not. */
  readonly message: string
  /** Of a failure. */
  readonly code?: string
}

/** What every verification answers, with members of its own in `details`. */
export interface VerificationAnswer<Details> {
  readonly status: 'success' | 'failure'
  readonly message: string
  readonly details: Details
  /** Of the release that the document is of; none where there is no such release here. */
  readonly checks: readonly CheckAnswer[]
}

/** The schema of checks. */
export const checksSchema: z.ZodType<readonly CheckAnswer[]> = z.array(
  z
    .object({
      name: z.enum(CHECK_NAMES),
      status: z.enum(['pass', 'fail', 'skipped']),
      message: z.string(),
      code: leftOut(z.string()),
    })
    .meta({ id: 'Check' }),
)

/** The schema of a verification's answer. */
export function verificationSchema<Details>(
  id: string,
  details: z.ZodType<Details>,
): z.ZodType<VerificationAnswer<Details>> {
  return z
    .object({ status: z.enum(['success', 'failure']), message: z.string(), details, checks: checksSchema })
    .meta({ id })
}

/** The checks of a report, as they are told. */
export function describeChecks(report: VerificationReport | undefined): readonly CheckAnswer[] {
  return (report?.checks ?? []).map((check) => {
    const { name, status } = check
    switch (check.status) {
      case 'pass':
        return { name, status, message: check.evidence }
      case 'fail':
        return { name, status, message: check.message, code: check.code }
      case 'skipped':
        return { name, status, message: check.reason }
    }
  })
}

/** Whether all that could be judged holds: large files need not be at hand for it. */
export function holds(report: VerificationReport | undefined): report is VerificationReport {
  return report !== undefined && report.verdict !== 'fail'
}

/** Why a report does not hold, in a line; the checks say more. */
export function reasonOf(report: VerificationReport | undefined, what: string): string {
  if (report === undefined) return `No release of this platform holds this ${what}.`
  const failed = report.checks.filter(({ status }) => status !== 'pass').map(({ name }) => name)
  return `Verification failed: ${failed.join(', ')}.`
}

/** The word for a check that passed, or for one that did not. */
export function wordFor(report: VerificationReport | undefined, names: readonly CheckName[], word: string): string {
  const checks = report?.checks.filter(({ name }) => names.includes(name)) ?? []
  if (checks.length > 0 && checks.every(({ status }) => status === 'pass')) return word
  return checks.some(({ status }) => status === 'fail') ? 'Failed' : 'Not verified'
}
