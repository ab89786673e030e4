/** Two pieces of evidence that must say the same. @module */

import { VerificationError, type Sha256Hex } from '@aibomgen/core'
import type { ResourceDescriptor } from '@aibomgen/intoto'

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

/**
 * Makes sure that a document names these artifacts with these digests, and no others.
 *
 * @throws VerificationError `EVIDENCE_MISMATCH`
 */
export function assertDigests(
  what: string,
  expected: ReadonlyMap<string, Sha256Hex>,
  actual: readonly ResourceDescriptor[],
): void {
  const listed = new Map(actual.map(({ name, digest }) => [name ?? '', digest?.['sha256'] ?? 'no SHA-256']))
  assertSame(`${what} count`, String(expected.size), String(actual.length))
  for (const [name, sha256] of expected) assertSame(`${what} ${name}`, sha256, listed.get(name) ?? 'nothing')
}
