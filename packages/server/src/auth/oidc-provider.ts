/** Which identity providers are believed, about what, and who their users are to us. @module */

import { ConfigError, describeProblems, describeZodError, VerificationError } from '@aibomgen/core'
import type { JWTPayload } from 'jose'
import * as z from 'zod'

import { USER_ROLES, type UserRole } from './principal.ts'

/** Signature algorithms that a token may use: asymmetric ones only, so that no public key can serve as a secret. */
export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
/** One of the algorithms. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number]

/** An OpenID provider whose access tokens are taken. */
export interface OidcProvider {
  /** `iss`, to the letter. */
  readonly issuer: string
  /** Where its metadata is: a document whose own `issuer` is this one. */
  readonly metadataUrl: string
  /** One of these must be in `aud`. Never empty. */
  readonly audiences: readonly string[]
  readonly algorithms: readonly TokenAlgorithm[]
  /** The claim that lists roles. */
  readonly rolesClaim: string
  /** Our roles by the provider's names for them. Names that are not here give nothing. */
  readonly roles: Readonly<Record<string, UserRole>>
  /** Roles of a user to whom the provider gives none of ours. None: such a user is known, and may do nothing. */
  readonly defaultRoles: readonly UserRole[]
  /** A scope that must be in `scp` or `scope`: keeps ID tokens out where they bear the same audience. */
  readonly requiredScope?: string
  /**
   * The user's identity, stable, and unique over all providers.
   *
   * @throws VerificationError `TOKEN_REFUSED`
   */
  readonly identify: (claims: JWTPayload) => string
}

/** What may be said about any provider. */
export interface ProviderOptions {
  /** Audiences, at least one: a token for another application is no token for us. */
  readonly audiences: readonly string[]
  /** The provider's names of roles. `{user: 'user', operator: 'operator'}` unless said otherwise. */
  readonly roles?: Readonly<Record<string, UserRole>>
  /** None unless said otherwise. */
  readonly defaultRoles?: readonly UserRole[]
  readonly requiredScope?: string
}

/** How a provider is configured that is known by its issuer alone. */
export interface OidcOptions extends ProviderOptions {
  /** https, or http on loopback. */
  readonly issuer: string
  /** All of `TOKEN_ALGORITHMS` unless said otherwise. */
  readonly algorithms?: readonly TokenAlgorithm[]
  /** `roles` unless said otherwise. */
  readonly rolesClaim?: string
}

/** Schema of `ProviderOptions`, for the presets to extend. */
export const providerOptionsShape: z.ZodObject<{
  audiences: z.ZodType<readonly string[], unknown>
  roles: z.ZodType<Readonly<Record<string, UserRole>>, unknown>
  defaultRoles: z.ZodType<readonly UserRole[], unknown>
  requiredScope: z.ZodExactOptional<z.ZodString>
}> = z.strictObject({
  audiences: z.array(z.string().min(1)).min(1),
  roles: z.record(z.string().min(1), z.enum(USER_ROLES)).default({ user: 'user', operator: 'operator' }),
  defaultRoles: z.array(z.enum(USER_ROLES)).default([]),
  requiredScope: z.string().min(1).exactOptional(),
})

const oidcOptionsSchema = providerOptionsShape.extend({
  issuer: z.string().refine(isSecureUrl, 'an https URL (http on loopback alone) without user, query or fragment'),
  algorithms: z
    .array(z.enum(TOKEN_ALGORITHMS))
    .min(1)
    .default([...TOKEN_ALGORITHMS]),
  rolesClaim: z.string().min(1).default('roles'),
})

/**
 * A provider known by its issuer alone; a user is `<iss>#<sub>`.
 *
 * @throws ConfigError `CONFIG_INVALID`, naming every problem
 * @see OpenID Connect Core 1.0, section 5.7: `iss` and `sub` together, and nothing else, identify a user
 */
export function oidcProvider(options: OidcOptions): OidcProvider {
  const settings = parseProviderOptions(oidcOptionsSchema, options, 'OpenID provider')
  return {
    ...settings,
    metadataUrl: metadataUrlOf(settings.issuer),
    // No issuer has a fragment: no other pair of issuer and subject spells the same.
    identify: (claims) => `${settings.issuer}#${requireText(claims, 'sub')}`,
  }
}

/** Where a provider's metadata is (OpenID Connect Discovery 1.0, section 4). */
export function metadataUrlOf(authority: string): string {
  return `${authority.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Whether `url` may name a provider: https, or http to this very machine, and nothing odd in it. */
export function isSecureUrl(url: string): boolean {
  if (!URL.canParse(url) || /[?#\s]/.test(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
  return username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback))
}

/**
 * The text of a claim: 1 to 255 characters, as OpenID Connect Core bounds `sub`, and none that breaks a log line.
 *
 * @throws VerificationError `TOKEN_REFUSED`
 */
export function requireText(claims: JWTPayload, name: string): string {
  const value = claims[name]
  const isText = typeof value === 'string' && /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,255}$/.test(value)
  if (!isText || !value.isWellFormed()) throw refuseClaim(name)
  return value
}

/** What is thrown for a claim that is not as it must be. Its value stays out of messages: it may be personal. */
export function refuseClaim(name: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', `access token: claim ${name} is not as it must be`, {
    reason: `claim ${name}`,
  })
}

/**
 * What `schema` makes of a provider's options.
 *
 * @throws ConfigError `CONFIG_INVALID`, naming every problem
 */
export function parseProviderOptions<T>(schema: z.ZodType<T, unknown>, options: unknown, document: string): T {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const detail = describeZodError(result.error, document, options)
  throw new ConfigError('CONFIG_INVALID', describeProblems(detail), detail, { cause: result.error })
}
