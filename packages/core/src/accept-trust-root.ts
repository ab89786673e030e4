/** From one trust root to the next: who holds version n accepts n + 1, and never goes back. @module */

import { bytesEqual } from './bytes.ts'
import { findSigners } from './dsse/verify-envelope.ts'
import { VerificationError } from './errors.ts'
import { ownersInForce } from './keys-in-force.ts'
import { compareTimestamps } from './time.ts'
import type { SignedTrustRoot } from './trust-root.ts'

/**
 * The trust root to hold from now on: `offered`, when it is the held one or its successor.
 *
 * A successor has the next version and is signed by a threshold of the held root's owners (so that they agreed) and by
 * a threshold of its own (so that they can sign the one after).
 *
 * @throws VerificationError `TRUST_ROOT_ROLLBACK` as `assertNoRollback`; `TRUST_ROOT_SKIPPED` for a later version than
 * the next; `TRUST_ROOT_NOT_SIGNED`
 */
export async function acceptTrustRoot(held: SignedTrustRoot, offered: SignedTrustRoot): Promise<SignedTrustRoot> {
  assertNoRollback(held, offered)
  const versions = { held: held.root.version, offered: offered.root.version }
  if (versions.offered === versions.held) return held
  if (versions.offered > versions.held + 1) {
    const message = `trust root: held version ${versions.held}, offered ${versions.offered}: version ${versions.held + 1} comes first`
    throw new VerificationError('TRUST_ROOT_SKIPPED', message, versions)
  }
  await assertSignedByOwners(offered, held, 'held')
  await assertSignedByOwners(offered, offered, 'offered')
  return offered
}

/**
 * Nothing, unless `offered` would take the holder of `held` back. A later version that was issued earlier would as well:
 * dated back, it could be signed by an owner who has retired since.
 *
 * @throws VerificationError `TRUST_ROOT_ROLLBACK` for a lower version, the same with other bytes, or one issued earlier
 */
export function assertNoRollback(held: SignedTrustRoot, offered: SignedTrustRoot): void {
  const versions = { held: held.root.version, offered: offered.root.version }
  const isOther = !bytesEqual(offered.envelope.payload, held.envelope.payload)
  const isEarlier = compareTimestamps(offered.root.issuedAt, held.root.issuedAt) < 0
  if (versions.offered < versions.held || (versions.offered === versions.held && isOther) || isEarlier) {
    const [heldAt, offeredAt] = [held.root.issuedAt, offered.root.issuedAt]
    const message = `trust root: held version ${versions.held} of ${heldAt}, offered version ${versions.offered} of ${offeredAt}${isOther ? ' with other content' : ''}`
    throw new VerificationError('TRUST_ROOT_ROLLBACK', message, versions)
  }
}

async function assertSignedByOwners(
  offered: SignedTrustRoot,
  judge: SignedTrustRoot,
  by: 'held' | 'offered',
): Promise<void> {
  const owners = ownersInForce(judge.root, offered.root.issuedAt)
  const required = judge.root.owner.threshold
  const verified = (await findSigners(offered.envelope, owners)).size
  if (verified < required) {
    const message = `trust root version ${offered.root.version}: expected signatures by ${required} owners of the ${by} version, got ${verified}`
    throw new VerificationError('TRUST_ROOT_NOT_SIGNED', message, { required, verified, by })
  }
}
