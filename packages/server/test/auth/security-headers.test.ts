import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

import type { AppEnv } from '../../src/http/app-deps.ts'
import { createErrorHandler } from '../../src/http/problem.ts'
import { allowOrigins, refuseForeignPages, securityHeaders } from '../../src/http/security-headers.ts'

const ORIGIN = 'https://ml.example.org'

function createApp(origins: readonly string[] = [], hstsSeconds?: number): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.onError(createErrorHandler(() => undefined))
  app.use(securityHeaders(hstsSeconds === undefined ? {} : { hstsSeconds }))
  app.use(allowOrigins(origins))
  app.use(refuseForeignPages(origins))
  app.get('/data', (context) => context.json({}))
  app.get('/broken', () => {
    throw new Error('broken')
  })
  app.get('/file', (context) =>
    context.body('x', 200, { 'cache-control': 'private, immutable', 'content-security-policy': "script-src 'self'" }),
  )
  app.post('/submit', (context) => context.text('taken'))
  return app
}

describe('every answer', () => {
  it.each(['/data', '/broken', '/nothing'])('of %s lets nothing load, run or be framed', async (path) => {
    const { headers } = await createApp().request(path)
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'.*sandbox/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  it('says that https is to be used where it is', async () => {
    const { headers } = await createApp([], 31_536_000).request('/data')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
  })

  it('keeps what its route says of caching, and of what a page may load', async () => {
    const { headers } = await createApp().request('/file')
    expect(headers.get('cache-control')).toBe('private, immutable')
    expect(headers.get('content-security-policy')).toBe("script-src 'self'")
  })
})

describe('a page of another origin', () => {
  const ask = async (app: Hono<AppEnv>, origin: string, init: RequestInit = {}): Promise<Response> =>
    app.request('/data', { ...init, headers: { origin, ...init.headers } })

  it('reads nothing, unless its origin is named', async () => {
    for (const app of [createApp(), createApp([ORIGIN])]) {
      const { headers } = await ask(app, 'https://evil.example')
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('vary')).toContain('Origin')
    }
  })

  it('reads when its origin is named, to the letter, and without cookies', async () => {
    const { headers } = await ask(createApp([ORIGIN]), ORIGIN)
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('vary')).toContain('Origin')
  })

  it.each([`${ORIGIN}.evil.example`, 'http://ml.example.org', `${ORIGIN}:8443`, 'null', ORIGIN.toUpperCase()])(
    'reads nothing as %s',
    async (origin) => {
      expect((await ask(createApp([ORIGIN]), origin)).headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  it('may send a token when its origin is named', async () => {
    const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }
    const allowed = await ask(createApp([ORIGIN]), ORIGIN, preflight)
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization')
    const refused = await ask(createApp([ORIGIN]), 'https://evil.example', preflight)
    expect(refused.headers.get('access-control-allow-methods')).toBeNull()
  })

  it.each([
    ['nothing, as programs send it', undefined, 200],
    ['this server', 'http://localhost', 200],
    ['this server behind a proxy', 'https://localhost', 200],
    ['a page that is named', ORIGIN, 200],
    ['any other page', 'https://evil.example', 403],
    ['a sandboxed page', 'null', 403],
    ['another port of this machine', 'http://localhost:3000', 403],
  ])('changes something from %s: %s is answered with %i', async (_, origin, status) => {
    const headers: Record<string, string> = origin === undefined ? {} : { origin }
    const response = await createApp([ORIGIN]).request('http://localhost/submit', { method: 'POST', headers })
    expect(response.status).toBe(status)
  })
})

describe('origins', () => {
  it.each([
    '*',
    'null',
    'https://ml.example.org/',
    'https://ml.example.org/app',
    'ml.example.org',
    'https://*.example.org',
    '',
  ])('are not %j', (origin) => {
    expect(() => allowOrigins([ORIGIN, origin])).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        detail: expect.objectContaining({ problems: [expect.objectContaining({ path: 'origins.1', got: origin })] }),
      }),
    )
  })
})
