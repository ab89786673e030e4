/** Which keys of a trust root count at a point in time. @module */

import { VerificationError } from './errors.ts'
import type { KeyId, PublicKey } from './key.ts'
import type { KeyTenure, Role, TrustRoot } from './trust-root.ts'
import type { Timestamp } from './time.ts'

/** The keys that may speak in `role` at `at`. */
export function keysInForce(root: TrustRoot, role: Role, at: Timestamp): readonly PublicKey[] {
  return root.keys
    .filter((tenure) => tenure.role === role && reasonAgainst(tenure, at) === undefined)
    .map(({ key }) => key)
}

/** The owners' keys that count at `at`. */
export function ownersInForce(root: TrustRoot, at: Timestamp): readonly PublicKey[] {
  return root.owner.keys.filter((tenure) => reasonAgainst(tenure, at) === undefined).map(({ key }) => key)
}

/**
 * The key called `keyid`, when it may speak in `role` at `at`.
 *
 * @throws VerificationError `KEY_NOT_TRUSTED` with the reason: unknown, of another role, not yet or no longer valid,
 * retired, compromised
 */
export function requireKeyInForce(root: TrustRoot, keyid: string, role: Role, at: Timestamp): PublicKey {
  const tenure = root.keys.find(({ key }) => key.keyid === keyid)
  const reason =
    tenure === undefined
      ? `unknown to trust root version ${root.version}`
      : tenure.role === role
        ? reasonAgainst(tenure, at)
        : `its role is ${tenure.role}, not ${role}`
  if (tenure === undefined || reason !== undefined) {
    const message = `key ${keyid.slice(0, 16)}: ${reason ?? 'not trusted'}`
    throw new VerificationError('KEY_NOT_TRUSTED', message, { keyid, reason: reason ?? 'not trusted' })
  }
  return tenure.key
}

/** Why a key does not count at `at`; undefined when it does. */
function reasonAgainst({ validFrom, validUntil, revoked }: KeyTenure, at: Timestamp): string | undefined {
  if (revoked?.reason === 'compromised') return 'compromised: nothing that it signed counts'
  if (at < validFrom) return `valid from ${validFrom}, asked for ${at}`
  if (validUntil !== undefined && at >= validUntil) return `valid until ${validUntil}, asked for ${at}`
  if (revoked !== undefined && at >= revoked.at) return `retired at ${revoked.at}, asked for ${at}`
  return undefined
}

/** The tenure of `keyid`, owner or functionary, if the root knows it. */
export function findTenure(root: TrustRoot, keyid: KeyId): KeyTenure | undefined {
  return [...root.owner.keys, ...root.keys].find(({ key }) => key.keyid === keyid)
}
