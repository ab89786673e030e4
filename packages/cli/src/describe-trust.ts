/** A trust root as text: its keys, their roles, and which of them count. @module */

import type { KeyTenure, Timestamp, TrustRoot } from '@aibomgen/core'

import { KEY_ROLES, type KeyRole } from './home/generation.ts'
import { keysOfRole } from './home/trust-changes.ts'

/** A key of a trust root, as it is shown. */
export interface ShownTenure {
  readonly role: KeyRole
  readonly keyid: string
  readonly inForce: boolean
  readonly validFrom: Timestamp
  readonly validUntil?: Timestamp | undefined
  readonly revoked?: KeyTenure['revoked']
}

/** Every key of `root`, owners first, in the order of the trust root; `inForce` at `now`. */
export function listTenures(root: TrustRoot, now: Timestamp): readonly ShownTenure[] {
  const inForce = new Set(KEY_ROLES.flatMap((role) => keysOfRole(root, role, now)).map(({ keyid }) => keyid))
  const owners = root.owner.keys.map((tenure) => ({ role: 'owner' as const, ...tenure }))
  return [...owners, ...root.keys].map(({ role, key, validFrom, validUntil, revoked }) => {
    return { role, keyid: key.keyid, inForce: inForce.has(key.keyid), validFrom, validUntil, revoked }
  })
}

/** One line per key. */
export function describeTenures(tenures: readonly ShownTenure[]): string {
  return tenures
    .map(({ role, keyid, inForce, validFrom, validUntil, revoked }) => {
      const end = validUntil === undefined ? '' : ` until ${validUntil}`
      const why = revoked === undefined ? '' : `, ${revoked.reason} at ${revoked.at}`
      return `${inForce ? '✓' : '–'} ${role.padEnd(6)}  ${keyid}  from ${validFrom}${end}${why}`
    })
    .join('\n')
}
