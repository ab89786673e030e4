import { describe, expect, it } from 'vitest'

import { isSecureUrl, oidcProvider } from '../../src/auth/oidc-provider.ts'

describe('a provider', () => {
  it.each([
    ['https://id.example.org', 'https://id.example.org/.well-known/openid-configuration'],
    ['https://id.example.org/', 'https://id.example.org/.well-known/openid-configuration'],
    ['https://id.example.org/realms/ml', 'https://id.example.org/realms/ml/.well-known/openid-configuration'],
  ])('at %s is asked for its metadata at %s', (issuer, expected) => {
    expect(oidcProvider({ issuer, audiences: ['api'] }).metadataUrl).toBe(expected)
  })

  it.each([
    ['https://id.example.org', true],
    ['http://127.0.0.1:8080', true],
    ['http://[::1]:8080', true],
    ['http://localhost:8080/x', true],
    ['http://id.example.org', false],
    ['http://127.0.0.1.evil.example', false],
    ['http://localhost.evil.example', false],
    ['https://user:pass@id.example.org', false],
    ['https://id.example.org/#x', false],
    ['https://id.example.org/?x', false],
    ['https://id.example.org/ x', false],
    ['file:///etc/passwd', false],
    ['id.example.org', false],
    ['', false],
  ])('may be at %j: %s', (url, expected) => {
    expect(isSecureUrl(url)).toBe(expected)
  })

  it('names every problem of its configuration', () => {
    const options = { issuer: 'http://id.example.org', audiences: [], algorithms: ['HS256' as never] }
    expect(() => oidcProvider(options)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        detail: {
          document: 'OpenID provider',
          problems: [
            expect.objectContaining({ path: 'audiences' }),
            expect.objectContaining({ path: 'issuer' }),
            expect.objectContaining({ path: 'algorithms.0' }),
          ],
        },
      }),
    )
  })
})
