/** What a browser is told about our answers: where they may be shown, what they may load, and who may read them. @module */

import { ConfigError, VerificationError } from '@aibomgen/core'
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'

/** For all but our own pages, which bring a policy of their own: nothing loads or runs, whatever a user's file holds. */
const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"

/** On every answer, unless the route has said otherwise. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
}

/** What may be chosen. */
export interface SecurityOptions {
  /** Tells browsers to use https alone, for so many seconds: for servers that are reached by https. Off unless said. */
  readonly hstsSeconds?: number
}

/** Middleware around all others: puts the headers on every answer, errors' too. */
export function securityHeaders({ hstsSeconds }: SecurityOptions = {}): MiddlewareHandler {
  const headers = {
    ...HEADERS,
    ...(hstsSeconds === undefined ? {} : { 'strict-transport-security': `max-age=${hstsSeconds}; includeSubDomains` }),
  }
  return createMiddleware(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(headers)) {
      if (!context.res.headers.has(name)) context.header(name, value)
    }
  })
}

/**
 * Middleware that lets pages of exactly `origins` read our answers. Without any, browsers let no other page do so.
 * Tokens travel in a header that a page must add by itself: there is no cookie that a browser would add for it.
 *
 * @param origins - as browsers spell them: `https://example.org`, no path, no wildcard
 * @throws ConfigError `CONFIG_INVALID`
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  assertOrigins(origins)
  const share = cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Last-Event-ID', 'Range'],
    exposeHeaders: [
      ...['Content-Disposition', 'Content-Range', 'ETag', 'Location', 'Retry-After', 'WWW-Authenticate'],
      'X-Request-Id',
    ],
    maxAge: 600,
  })
  return createMiddleware(async (context, next) => {
    if (!origins.includes(context.req.header('origin') ?? '')) {
      context.header('vary', 'Origin', { append: true })
      return next()
    }
    context.header('cross-origin-resource-policy', 'cross-origin')
    return share(context, next)
  })
}

/**
 * Middleware that refuses calls which change something and come from a page of another origin: a browser makes them
 * without asking, and where nobody has to sign in (`AUTH_ENABLED=false`) any page in it would be believed.
 *
 * It throws VerificationError `ACCESS_DENIED` (403).
 *
 * @param origins - those of `allowOrigins`
 */
export function refuseForeignPages(origins: readonly string[]): MiddlewareHandler {
  return createMiddleware(async (context, next) => {
    const origin = context.req.header('origin')
    const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(context.req.method)
    if (!isSafe && origin !== undefined && !origins.includes(origin) && !isSameHost(origin, context.req.url)) {
      throw new VerificationError('ACCESS_DENIED', 'a page of another origin may not make this call', {
        reason: 'foreign origin',
      })
    }
    await next()
  })
}

/** Hosts alone: behind a proxy that ends TLS, this server does not know by which scheme it was reached. */
function isSameHost(origin: string, url: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(url).host
}

function assertOrigins(origins: readonly string[]): void {
  const problems = origins
    .map((origin, index) => ({ path: `origins.${index}`, expected: 'an origin like https://example.org', got: origin }))
    .filter(({ got }) => !isOrigin(got))
  if (problems.length === 0) return
  const message = `CORS origins: expected origins like https://example.org, got ${problems.map(({ got }) => got).join(', ')}`
  throw new ConfigError('CONFIG_INVALID', message, { document: 'CORS origins', problems })
}

/** URL takes a wildcard for a host like any other: it would stand for nothing, and be taken for everything. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
