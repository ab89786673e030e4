/** Who may call what: the HTTP side of authentication. @module */

import { TrainingError, VerificationError } from '@aibomgen/core'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'

import type { Authenticator } from '../auth/authenticator.ts'
import { hasRole, maySee, VISITOR, type Principal, type UserRole } from '../auth/principal.ts'
import type { AppEnv } from './app-deps.ts'

/** Why a request without a token is refused where one is needed: the reason of its `TOKEN_REFUSED`. */
const MISSING = 'missing'

/**
 * Middleware that lets in who is known, and may use the platform at all.
 *
 * It throws VerificationError `TOKEN_REFUSED` (401), `ACCESS_DENIED` (403) for somebody without a role, and CryptoError
 * `PROVIDER_KEYS_UNAVAILABLE` (503).
 */
export function requireUser(authenticate: Authenticator): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (context, next) => {
    const principal = await authenticate(context.req.raw)
    if (principal === undefined) {
      throw new VerificationError('TOKEN_REFUSED', 'a bearer token is needed here', { reason: MISSING })
    }
    assertRole(principal, 'user')
    context.set('principal', principal)
    await next()
  })
}

/**
 * Middleware for routes that are open on purpose. Who brings no token is `VISITOR`; who brings one is who it says, or
 * is refused as by `requireUser`: a client whose token has run out should learn of it.
 */
export function admitVisitors(authenticate: Authenticator): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (context, next) => {
    context.set('principal', (await authenticate(context.req.raw)) ?? VISITOR)
    await next()
  })
}

/** Middleware behind `requireUser`: throws VerificationError `ACCESS_DENIED` (403) for who has not `role`. */
export function requireRole(role: UserRole): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (context, next) => {
    assertRole(context.get('principal'), role)
    await next()
  })
}

/**
 * Nothing, when `principal` may read the job. What is said of somebody else's job is what is said of one that does not
 * exist, to the letter: nobody finds others' ids by trying.
 *
 * @param job - `undefined` where there is none
 * @param id - what was asked for
 * @throws TrainingError `JOB_NOT_FOUND`
 */
export function assertMayRead<SomeJob extends { readonly owner: string }>(
  principal: Principal,
  job: SomeJob | undefined,
  id: string,
): asserts job is SomeJob {
  if (job === undefined || !maySee(principal, job.owner)) {
    throw new TrainingError('JOB_NOT_FOUND', `there is no job ${id}`, { jobId: id })
  }
}

/** The `WWW-Authenticate` of a 401 (RFC 6750, section 3): what is wrong with the token, where there was one. */
export function challengeFor(error: unknown): string {
  const detail: unknown = error instanceof VerificationError ? error.detail : undefined
  const isMissing = typeof detail === 'object' && detail !== null && 'reason' in detail && detail.reason === MISSING
  return isMissing ? 'Bearer realm="aibomgen"' : 'Bearer realm="aibomgen", error="invalid_token"'
}

function assertRole(principal: Principal, role: UserRole): void {
  if (hasRole(principal, role)) return
  throw new VerificationError('ACCESS_DENIED', `role ${role} is needed here`, { reason: `role ${role}` })
}
