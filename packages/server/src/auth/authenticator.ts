/** Who a request comes from. @module */

import { VerificationError } from '@aibomgen/core'

import type { Database } from '../jobs/database.ts'
import { API_TOKEN_PREFIX, authenticateApiToken } from './api-tokens.ts'
import { ANONYMOUS, type Principal } from './principal.ts'
import type { AccessTokenVerifier } from './verify-access-token.ts'

/**
 * Tells who a request comes from: nothing for a request that does not say.
 *
 * Throws VerificationError `TOKEN_REFUSED` for one that claims what is not true, CryptoError
 * `PROVIDER_KEYS_UNAVAILABLE` where that cannot be told, and what the database throws.
 */
export type Authenticator = (request: Request) => Promise<Principal | undefined>

/** Believes bearer tokens (RFC 6750): API tokens of `database`, and access tokens where there is a verifier of them. */
export function createAuthenticator(database: Database, verifyAccessToken?: AccessTokenVerifier): Authenticator {
  return async (request) => {
    const authorization = request.headers.get('authorization')
    if (authorization === null) return undefined
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1]
    if (token === undefined) throw refuse('expected one bearer token', 'form')
    if (token.startsWith(API_TOKEN_PREFIX)) return authenticateApiToken(database, token)
    if (verifyAccessToken === undefined) throw refuse('no identity provider is configured', 'issuer')
    return verifyAccessToken(token)
  }
}

/** Asks nobody who they are: every request is `ANONYMOUS`'s, whatever it says. For `AUTH_ENABLED=false`. */
export const trustEverybody: Authenticator = async () => ANONYMOUS

/** What is said at the start of a server that asks nobody who they are, and to whom it listens. */
export function describeOpenServer(address: string): string {
  return `AUTH_ENABLED=false: everybody who reaches ${address} may submit jobs, read and delete every job, and act as operator; sign-in is needed wherever others can reach it`
}

function refuse(message: string, reason: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', `authorization refused: ${message}`, { reason })
}
