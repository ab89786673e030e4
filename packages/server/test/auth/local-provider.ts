/** A real OpenID provider on loopback, whose private keys the tests hold, to forge with. */

import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose'
import { Provider } from 'oidc-provider'

/** The API that tokens are for. */
export const AUDIENCE = 'https://aibomgen.example/api'

export interface LocalProvider {
  readonly issuer: string
  /** Paths that were asked for, in order. */
  readonly requests: string[]
  /** The private key that signs now. */
  key(): JWK
  /** An access token as the provider itself issues it, to client `app` by client credentials. */
  issueToken(resource?: string): Promise<string>
  /** A token signed by the provider's present key, or by another, that says what the test wants. */
  sign(claims: JWTPayload, header?: object, key?: JWK): Promise<string>
  /** What a true token says. */
  claims(): JWTPayload
  /** Takes a new key, and throws the old one away. */
  rotate(kid: string): Promise<void>
  /** Answers all requests in another way, or as the provider does again. */
  answerWith(listener: RequestListener | undefined): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A private key; elliptic, unless said otherwise, for RSA's take a while to find. */
export async function newKey(kid: string, alg = 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' }
}

/** What of a private key may be known. */
export function publicPart({ kty, kid, alg, use, n, e, crv, x, y }: JWK): JWK {
  return Object.fromEntries(
    Object.entries({ kty, kid, alg, use, n, e, crv, x, y }).filter(([, value]) => value !== undefined),
  )
}

/** Starts a provider that signs with `key`. */
export async function startProvider(firstKey?: JWK): Promise<LocalProvider> {
  const requests: string[] = []
  let listener: RequestListener
  let override: RequestListener | undefined
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    void (override ?? listener)(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let key = firstKey ?? (await newKey('first'))
  listener = createProvider(issuer, key)
  const claims = (): JWTPayload => {
    const now = Math.floor(Date.now() / 1000)
    return { iss: issuer, sub: 'app', aud: AUDIENCE, iat: now, exp: now + 300, roles: ['user'] }
  }
  return {
    issuer,
    requests,
    key: () => key,
    claims,
    async issueToken(resource = AUDIENCE) {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('app:secret')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope: 'jobs' }),
      })
      const answer = (await response.json()) as { access_token: string }
      return answer.access_token
    },
    sign: async (payload, header = {}, signingKey = key) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: signingKey.alg ?? '', kid: 'first', typ: 'at+jwt', ...header })
        .sign(await importJWK(signingKey)),
    async rotate(kid) {
      key = await newKey(kid)
      listener = createProvider(issuer, key)
    },
    answerWith: (other) => {
      override = other
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Keeps nothing: tokens that are JWTs need no memory. */
class NoStorage {
  async find(): Promise<void> {}
  async upsert(): Promise<void> {}
  async destroy(): Promise<void> {}
  async consume(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

function createProvider(issuer: string, key: JWK): RequestListener {
  const provider = new Provider(issuer, {
    adapter: NoStorage,
    clients: [
      {
        client_id: 'app',
        client_secret: 'secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: key.alg,
      },
    ],
    cookies: { keys: ['unused'] },
    jwks: { keys: [key] },
    enabledJWA: { idTokenSigningAlgValues: [key.alg] },
    scopes: ['jobs'],
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: () => ({ roles: ['user'] }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, audience: string) => ({
          scope: 'jobs',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: key.alg } },
        }),
      },
    },
  })
  return provider.callback()
}
