import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { describe, expect, it } from 'vitest'

import { entraProviders } from '../../src/auth/entra.ts'
import type { Fetch } from '../../src/auth/fetch-json.ts'
import { createAccessTokenVerifier, type AccessTokenVerifier } from '../../src/auth/verify-access-token.ts'
import { movingClock } from '../moving-clock.ts'

// Nothing here reaches Microsoft: its documents are answered by a stand-in, by the addresses that Entra documents.
const TENANT = '11111111-2222-3333-4444-555555555555'
const OTHER_TENANT = '99999999-2222-3333-4444-555555555555'
const USER = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
const AUDIENCE = 'api://aibomgen'
const LOGIN = 'https://login.microsoftonline.com'

const { privateKey, publicKey } = await generateKeyPair('RS256')
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'entra' }] }

/** Every tenant has the same keys, as at Microsoft: only the issuer tells tenants apart. */
const entra: Fetch = async (url) => {
  const [, tenant, version] = /^https:\/\/login\.microsoftonline\.com\/([^/]+)(\/v2\.0)?\/\.well-known/.exec(url) ?? []
  if (tenant === undefined) return Response.json(keys)
  const issuer = version === undefined ? `https://sts.windows.net/${tenant}/` : `${LOGIN}/${tenant}/v2.0`
  return Response.json({ issuer, jwks_uri: `${LOGIN}/${tenant}/discovery/keys` })
}

function verifierOf(options: object = {}): AccessTokenVerifier {
  const providers = entraProviders({ tenants: [TENANT], audiences: [AUDIENCE], ...options })
  return createAccessTokenVerifier(providers, { fetch: entra, clock: movingClock() })
}

async function token(claims: JWTPayload = {}): Promise<string> {
  const issuer = `${LOGIN}/${TENANT}/v2.0`
  const own = {
    iss: issuer,
    aud: AUDIENCE,
    tid: TENANT,
    oid: USER,
    sub: 'pairwise',
    roles: ['user'],
    exp: 4_000_000_000,
  }
  return new SignJWT({ ...own, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'entra', typ: 'JWT' })
    .sign(privateKey)
}

describe('Microsoft Entra', () => {
  it('knows a user by object and tenant, not by the subject that each application sees another of', async () => {
    const expected = { id: `${USER}@${TENANT}`, roles: ['user'], kind: 'oidc' }
    expect(await verifierOf()(await token())).toEqual(expected)
    expect(await verifierOf()(await token({ sub: 'other', email: 'admin@example.org' }))).toEqual(expected)
  })

  it.each([
    ['another tenant', { iss: `${LOGIN}/${OTHER_TENANT}/v2.0`, tid: OTHER_TENANT }, 'issuer'],
    ['another tenant under the issuer of ours', { tid: OTHER_TENANT }, 'claim tid'],
    ['another tenant that claims to be ours', { iss: `${LOGIN}/${OTHER_TENANT}/v2.0` }, 'issuer'],
    ['every tenant', { iss: `${LOGIN}/common/v2.0` }, 'issuer'],
    ['no tenant', { tid: undefined }, 'claim tid'],
    ['version 1, which is not taken unless said', { iss: `https://sts.windows.net/${TENANT}/` }, 'issuer'],
    ['nobody', { oid: undefined }, 'claim oid'],
    ['somebody with an id of another kind', { oid: 'alice@example.org' }, 'claim oid'],
    ['an application that is not ours', { aud: 'api://other' }, 'claim aud'],
  ])('refuses a token of %s', async (_, claims, reason) => {
    await expect(verifierOf()(await token(claims))).rejects.toMatchObject({ code: 'TOKEN_REFUSED', detail: { reason } })
  })

  it('takes version 1 where it is asked to, and knows the same user', async () => {
    const verify = verifierOf({ acceptV1: true })
    const old = await token({ iss: `https://sts.windows.net/${TENANT}/` })
    expect(await verify(old)).toEqual(await verify(await token()))
  })

  it('takes every tenant that is named', async () => {
    const verify = verifierOf({ tenants: [TENANT, OTHER_TENANT] })
    const other = await token({ iss: `${LOGIN}/${OTHER_TENANT}/v2.0`, tid: OTHER_TENANT })
    expect((await verify(other)).id).toBe(`${USER}@${OTHER_TENANT}`)
  })

  it.each([
    ['no tenant', { tenants: [] }],
    ['any tenant', { tenants: ['common'] }],
    ['a tenant by its domain', { tenants: ['example.org'] }],
    ['no audience', { audiences: [] }],
    ['an empty audience', { audiences: [''] }],
    ['a role that we do not have', { roles: { boss: 'admin' } }],
    ['something unknown', { tenant: TENANT }],
  ])('is not configured with %s', (_, options) => {
    const configure = (): unknown =>
      entraProviders({ tenants: [TENANT], audiences: [AUDIENCE], ...(options as object) })
    expect(configure).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})
