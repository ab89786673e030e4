/** Two pieces of evidence that must say the same. @module */

import { VerificationError } from '@aibomgen/core'

/**
 * Nothing, when both say the same of `what`.
 *
 * @throws VerificationError `EVIDENCE_MISMATCH`
 */
export function assertSame(what: string, expected: string, actual: string): void {
  if (expected === actual) return
  throw new VerificationError('EVIDENCE_MISMATCH', `${what}: expected ${expected}, got ${actual}`, {
    what,
    expected,
    actual,
  })
}
