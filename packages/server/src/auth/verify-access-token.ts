/** Who an OpenID access token speaks for. @module */

import { SdkError, VerificationError, type Clock } from '@aibomgen/core'
import { decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'

import type { Fetch } from './fetch-json.ts'
import { refuseClaim, type OidcProvider } from './oidc-provider.ts'
import type { Principal, UserRole } from './principal.ts'
import { createProviderKeys } from './provider-keys.ts'

/** Longest token that is looked at: what fits into the headers that an HTTP server takes. */
export const MAX_TOKEN_CHARACTERS = 16_384

/** Clocks of ours and the provider's may differ by this much. */
const TOLERANCE_SECONDS = 60

/** Verifies a token, and says who it speaks for. */
export type AccessTokenVerifier = (token: string) => Promise<Principal>

interface TrustedProvider {
  readonly provider: OidcProvider
  readonly keys: JWTVerifyGetKey
}

/**
 * A verifier of the tokens of `providers`. Keys are fetched when the first token needs them.
 *
 * The verifier throws VerificationError `TOKEN_REFUSED` for every token that is not a true one of theirs, for us, now;
 * and CryptoError `PROVIDER_KEYS_UNAVAILABLE`.
 */
export function createAccessTokenVerifier(
  providers: readonly OidcProvider[],
  deps: { readonly fetch: Fetch; readonly clock: Clock },
): AccessTokenVerifier {
  const trusted = new Map<string, TrustedProvider>(
    providers.map((provider) => [provider.issuer, { provider, keys: createProviderKeys(provider, deps) }]),
  )
  return async (token) => {
    if (token.length > MAX_TOKEN_CHARACTERS) throw refuse('length')
    try {
      const issuer = trusted.get(claimedIssuer(token))
      if (issuer === undefined) throw refuse('issuer')
      const claims = await verifyClaims(token, issuer, deps.clock)
      return { id: issuer.provider.identify(claims), roles: rolesOf(claims, issuer.provider), kind: 'oidc' }
    } catch (error) {
      if (error instanceof SdkError) throw error
      throw refuse(reasonOf(error))
    }
  }
}

/** Not believed yet: it says only whose keys to look among, and is verified with everything else. */
function claimedIssuer(token: string): string {
  return decodeJwt(token).iss ?? ''
}

async function verifyClaims(token: string, { provider, keys }: TrustedProvider, clock: Clock): Promise<JWTPayload> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: provider.issuer,
    audience: [...provider.audiences],
    algorithms: [...provider.algorithms],
    requiredClaims: ['exp'],
    clockTolerance: TOLERANCE_SECONDS,
    currentDate: new Date(clock.now()),
  })
  // Other kinds of JWT by the same keys are no access tokens (RFC 8725, section 3.11); plain `JWT` is what most send.
  if (!/^(?:application\/)?(?:at\+)?jwt$/i.test(protectedHeader.typ ?? 'JWT')) throw refuse('type')
  if (provider.requiredScope !== undefined && !scopesOf(payload).includes(provider.requiredScope)) throw refuse('scope')
  return payload
}

function scopesOf(claims: JWTPayload): readonly string[] {
  const scopes = claims['scp'] ?? claims['scope']
  return typeof scopes === 'string' ? scopes.split(' ') : textsOf(scopes)
}

function rolesOf(claims: JWTPayload, provider: OidcProvider): readonly UserRole[] {
  const named = claims[provider.rolesClaim]
  if (named !== undefined && !Array.isArray(named)) throw refuseClaim(provider.rolesClaim)
  const known = new Map(Object.entries(provider.roles))
  const roles = textsOf(named).flatMap((name) => known.get(name) ?? [])
  return roles.length === 0 ? provider.defaultRoles : [...new Set(roles)]
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function refuse(reason: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', `access token refused: ${reason}`, { reason })
}

/**
 * One of few words for what `jose` found. Its errors stay out of ours: they carry the claims, which are a person's,
 * and would go wherever an error's cause is written.
 */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `claim ${error.claim}`
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm'
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'key'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JOSEError) return 'form'
  // A key of the provider's that its algorithm cannot use: too short, off its curve, of another kind.
  if (error instanceof TypeError || error instanceof DOMException) return 'key'
  throw error
}
