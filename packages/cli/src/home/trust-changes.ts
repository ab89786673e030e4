/** What can change in a trust root, as pure functions from one version to the next. @module */

import {
  ConfigError,
  keysInForce,
  ownersInForce,
  parseTimestamp,
  toTimestamp,
  type FunctionaryTenure,
  type KeyId,
  type KeyTenure,
  type PublicKey,
  type Role,
  type Timestamp,
  type TrustRoot,
} from '@aibomgen/core'

import type { KeyRole } from './generation.ts'

/** The first trust root: one key per role, valid from `now`. */
export function buildFirstTrustRoot(keys: Readonly<Record<KeyRole, PublicKey>>, now: Timestamp): TrustRoot {
  const { owner, ...functionaries } = keys
  return {
    version: 1,
    issuedAt: now,
    owner: { keys: [{ key: owner, validFrom: now }], threshold: 1 },
    keys: Object.entries(functionaries).map(([role, key]) => ({ role: role as Role, key, validFrom: now })),
  }
}

/**
 * From `old` to `fresh`, in the same role. Both count for one second, so that nothing signed while it passes is lost;
 * what the old key signed before goes on counting.
 *
 * @throws ConfigError `USAGE` for a fresh key that the trust root has
 */
export function rotateKey(
  root: TrustRoot,
  role: KeyRole,
  keys: { readonly old: PublicKey; readonly fresh: PublicKey },
  now: Timestamp,
): TrustRoot {
  const ending = mapTenure(nextVersion(root, now), keys.old.keyid, endsAt(secondAfter(now)))
  return addKey(ending, role, keys.fresh, now)
}

/**
 * One more key for a role.
 *
 * @throws ConfigError `USAGE` for a key that the trust root has
 */
export function enrollKey(root: TrustRoot, role: Role, key: PublicKey, now: Timestamp): TrustRoot {
  return addKey(nextVersion(root, now), role, key, now)
}

/**
 * `retired`: it signs no more from the next second on. `compromised`: nothing that it ever signed counts, and that is
 * not taken back.
 *
 * @throws ConfigError `USAGE` for a key that was revoked before, unless it now turns out to be compromised
 */
export function revokeKey(root: TrustRoot, keyid: KeyId, reason: 'retired' | 'compromised', now: Timestamp): TrustRoot {
  const at = reason === 'retired' ? secondAfter(now) : now
  return mapTenure(nextVersion(root, now), keyid, (tenure) => {
    const before = tenure.revoked?.reason
    if (before === undefined || (before === 'retired' && reason === 'compromised')) {
      return { ...tenure, revoked: { at, reason } }
    }
    throw usage('key', `${keyid} is ${before} already`)
  })
}

/** The keys of a role that count at `at`. */
export function keysOfRole(root: TrustRoot, role: KeyRole, at: Timestamp): readonly PublicKey[] {
  return role === 'owner' ? ownersInForce(root, at) : keysInForce(root, role, at)
}

/** The first moment at which the changes made at `now` are all in force. */
export function secondAfter(now: Timestamp): Timestamp {
  return toTimestamp(new Date(Date.parse(parseTimestamp(now)) + 1000))
}

function nextVersion(root: TrustRoot, now: Timestamp): TrustRoot {
  return { ...root, version: root.version + 1, issuedAt: now }
}

function addKey(root: TrustRoot, role: KeyRole, key: PublicKey, validFrom: Timestamp): TrustRoot {
  const known = [...root.owner.keys, ...root.keys].some((tenure) => tenure.key.keyid === key.keyid)
  if (known) throw usage('key', `${key.keyid} is in the trust root already: every key has one role`)
  if (role === 'owner') {
    return { ...root, owner: { ...root.owner, keys: [...root.owner.keys, { key, validFrom }] } }
  }
  return { ...root, keys: [...root.keys, { role, key, validFrom }] }
}

type TenureChange = <Tenure extends KeyTenure>(tenure: Tenure) => Tenure

function endsAt(end: Timestamp): TenureChange {
  return (tenure) =>
    tenure.validUntil !== undefined && tenure.validUntil <= end ? tenure : { ...tenure, validUntil: end }
}

function mapTenure(root: TrustRoot, keyid: KeyId, change: TenureChange): TrustRoot {
  const apply = <Tenure extends KeyTenure>(tenure: Tenure): Tenure =>
    tenure.key.keyid === keyid ? change(tenure) : tenure
  return {
    ...root,
    owner: { ...root.owner, keys: root.owner.keys.map((tenure) => apply(tenure)) },
    keys: root.keys.map((tenure: FunctionaryTenure) => apply(tenure)),
  }
}

function usage(argument: string, reason: string): ConfigError {
  return new ConfigError('USAGE', `${argument}: ${reason}`, { argument, reason })
}
