/** Who asks: an identity, and what it may do. @module */

/** What a user may be. `user` has jobs of its own; `operator` looks after the platform, and sees everybody's. */
export const USER_ROLES = ['user', 'operator'] as const
/** One of the roles. */
export type UserRole = (typeof USER_ROLES)[number]

/** Somebody whose claim to an identity has been verified, or `ANONYMOUS` where no identity is asked for. */
export interface Principal {
  /**
   * Whose jobs these are: `<oid>@<tid>` of Microsoft Entra, `<iss>#<sub>` of other providers, the owner of an API
   * token, or `anonymous`. No two people share one.
   */
  readonly id: string
  readonly roles: readonly UserRole[]
  readonly kind: 'oidc' | 'token' | 'anonymous'
  /** Which API token spoke for `id`. There when `kind` is `token`. */
  readonly tokenId?: string
}

/** Everybody, on a server that asks nobody who they are: `AUTH_ENABLED=false`. */
export const ANONYMOUS: Principal = { id: 'anonymous', roles: ['user', 'operator'], kind: 'anonymous' }

/**
 * Somebody who says nothing, on a server that asks: there for what is open on purpose, and for nothing else. Not
 * `anonymous`, so that what was made while nobody was asked is not everybody's afterwards.
 */
export const VISITOR: Principal = { id: 'visitor', roles: [], kind: 'anonymous' }

/** Whoever came with a URL for one artifact, and need not say who they are. Who asked for that URL is in the audit log. */
export const LINK_HOLDER: Principal = { id: 'holder of a link', roles: [], kind: 'anonymous' }

/** Whether `principal` may do what `role` may do. Operators may do all that users may. */
export function hasRole(principal: Principal, role: UserRole): boolean {
  return principal.roles.includes(role) || principal.roles.includes('operator')
}

/** Whether `principal` may see what belongs to `owner`: its own, and to an operator everything. */
export function maySee(principal: Principal, owner: string): boolean {
  return principal.id === owner || hasRole(principal, 'operator')
}
