import { describe, expect, it } from 'vitest'

import { oidcProvider } from '../../src/auth/oidc-provider.ts'
import { createAccessTokenVerifier, type AccessTokenVerifier } from '../../src/auth/verify-access-token.ts'
import { movingClock, type MovingClock } from '../moving-clock.ts'
import { AUDIENCE, newKey, startProvider, type LocalProvider } from './local-provider.ts'

const REFUSED = { code: 'TOKEN_REFUSED' }
const UNAVAILABLE = { code: 'PROVIDER_KEYS_UNAVAILABLE' }
const FOREVER = 4_000_000_000

function verifierOf({ issuer }: LocalProvider, clock: MovingClock): AccessTokenVerifier {
  return createAccessTokenVerifier([oidcProvider({ issuer, audiences: [AUDIENCE] })], { fetch, clock })
}

describe('the keys of a provider', () => {
  it('are fetched once for many tokens, also for those that come at the same time', async () => {
    await using provider = await startProvider()
    const verify = verifierOf(provider, movingClock())
    const token = await provider.sign(provider.claims())
    await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    expect(provider.requests).toEqual(['/.well-known/openid-configuration', '/jwks'])
  })

  it('rotate: a key id that is new makes them fetched again, and the old key stops to count', async () => {
    await using provider = await startProvider()
    const clock = movingClock()
    const verify = verifierOf(provider, clock)
    const before = await provider.sign({ ...provider.claims(), exp: FOREVER })
    await verify(before)
    await provider.rotate('second')
    clock.advance(20)
    await expect(verify(await provider.issueToken())).resolves.toMatchObject({ kind: 'oidc' })
    await expect(verify(before)).rejects.toMatchObject({ ...REFUSED, detail: { reason: 'key' } })
  })

  it('are fetched again after ten minutes, so that a key that was taken out stops to count by itself', async () => {
    await using provider = await startProvider()
    const clock = movingClock()
    const verify = verifierOf(provider, clock)
    const before = await provider.sign({ ...provider.claims(), exp: FOREVER })
    await verify(before)
    await provider.rotate('second')
    await expect(verify(before)).resolves.toMatchObject({ kind: 'oidc' })
    clock.advance(700)
    await expect(verify(before)).rejects.toMatchObject(REFUSED)
  })

  it('are not fetched again and again for key ids that somebody makes up', async () => {
    await using provider = await startProvider()
    const clock = movingClock()
    const verify = verifierOf(provider, clock)
    await verify(await provider.sign(provider.claims()))
    clock.advance(20)
    for (let count = 0; count < 50; count++) {
      await expect(verify(await provider.sign(provider.claims(), { kid: `made up ${count}` }))).rejects.toMatchObject(
        REFUSED,
      )
    }
    expect(provider.requests.filter((path) => path === '/jwks')).toHaveLength(2)
  })

  it('go on to count for an hour while the provider is gone, and no longer', async () => {
    await using provider = await startProvider()
    const clock = movingClock()
    const verify = verifierOf(provider, clock)
    const token = await provider.sign({ ...provider.claims(), exp: FOREVER })
    await verify(token)
    provider.answerWith((_, response) => response.writeHead(500).end())
    clock.advance(3000)
    await expect(verify(token)).resolves.toMatchObject({ kind: 'oidc' })
    clock.advance(1000)
    await expect(verify(token)).rejects.toMatchObject(UNAVAILABLE)
    provider.answerWith(undefined)
    clock.advance(20)
    await expect(verify(token)).resolves.toMatchObject({ kind: 'oidc' })
  })

  it('that cannot be had are not asked for at every request', async () => {
    await using provider = await startProvider()
    provider.answerWith((_, response) => response.writeHead(500).end())
    const verify = verifierOf(provider, movingClock())
    const token = await provider.sign(provider.claims())
    for (let count = 0; count < 10; count++) await expect(verify(token)).rejects.toMatchObject(UNAVAILABLE)
    expect(provider.requests).toHaveLength(1)
  })

  it.each([
    ['a body without end', (text: string) => text + ' '.repeat(600 * 1024)],
    ['something that is no JSON', () => '<html>'],
    ['a metadata document of another issuer', (text: string) => text.replace('"issuer":"http:', '"issuer":"https:')],
    [
      'keys at an address that is not secure',
      (text: string) => text.replace(/"jwks_uri":"[^"]*"/, '"jwks_uri":"http://evil.example/jwks"'),
    ],
    ['keys in a file', (text: string) => text.replace(/"jwks_uri":"[^"]*"/, '"jwks_uri":"file:///etc/passwd"')],
    ['the same member twice', (text: string) => text.replace('{', '{"jwks_uri":"http://127.0.0.1:1/",')],
  ])('are not taken from a provider that answers with %s', async (_, change) => {
    await using provider = await startProvider()
    const metadata = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).text()
    const { length } = provider.requests
    provider.answerWith((_request, response) => response.end(change(metadata)))
    const verify = verifierOf(provider, movingClock())
    await expect(verify(await provider.sign(provider.claims()))).rejects.toMatchObject(UNAVAILABLE)
    expect(provider.requests).toHaveLength(length + 1)
  })

  it('are not taken from where a redirect leads', async () => {
    await using provider = await startProvider()
    await using other = await startProvider()
    provider.answerWith((request, response) =>
      response.writeHead(302, { location: other.issuer + (request.url ?? '') }).end(),
    )
    const verify = verifierOf(provider, movingClock())
    await expect(verify(await provider.sign(provider.claims()))).rejects.toMatchObject(UNAVAILABLE)
    expect(other.requests).toEqual([])
  })

  it.each([
    ['no keys', { keys: 'none' }, UNAVAILABLE],
    ['a symmetric key', { keys: [{ kty: 'oct', kid: 'first', k: 'AAAA' }] }, REFUSED],
    ['a key that is too short', { keys: [{ kty: 'RSA', kid: 'first', n: 'AQAB', e: 'AQAB' }] }, REFUSED],
    ['a key without its parts', { keys: [{ kty: 'RSA', kid: 'first' }] }, REFUSED],
    [
      'two keys of one id',
      { keys: [1, 2].map((n) => ({ kty: 'RSA', kid: 'first', n: `AQA${n}`, e: 'AQAB' })) },
      REFUSED,
    ],
  ])('that hold %s let nobody in', async (_, keys, error) => {
    await using provider = await startProvider()
    const { issuer } = provider
    provider.answerWith((request, response) =>
      response.end(JSON.stringify(request.url === '/jwks' ? keys : { issuer, jwks_uri: `${issuer}/jwks` })),
    )
    const verify = verifierOf(provider, movingClock())
    const token = await provider.sign(provider.claims(), {}, await newKey('first', 'RS256'))
    await expect(verify(token)).rejects.toMatchObject(error)
  })
})
