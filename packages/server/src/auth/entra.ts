/** Microsoft Entra as an identity provider: every tenant named, and bound. @module */

import type { JWTPayload } from 'jose'
import * as z from 'zod'

import {
  metadataUrlOf,
  parseProviderOptions,
  providerOptionsShape,
  refuseClaim,
  requireText,
  type OidcProvider,
  type ProviderOptions,
} from './oidc-provider.ts'

/** How Microsoft Entra is configured. */
export interface EntraOptions extends ProviderOptions {
  /** Tenant ids, lower-case GUIDs, at least one. A domain name is none: names move. */
  readonly tenants: readonly string[]
  /** Takes version 1 tokens too, which Entra issues unless an application's manifest asks for version 2. Off by default. */
  readonly acceptV1?: boolean
}

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

const entraOptionsSchema = providerOptionsShape.extend({
  tenants: z.array(z.string().regex(GUID, 'a tenant id: a lower-case GUID')).min(1),
  acceptV1: z.boolean().default(false),
})

/**
 * One provider per tenant, two with `acceptV1`; a user is `<oid>@<tid>`, the same in both versions.
 *
 * The issuers of many tenants (`common`, `organizations`) are not to be had: they would let in any tenant there is.
 *
 * @throws ConfigError `CONFIG_INVALID`, naming every problem
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function entraProviders(options: EntraOptions): readonly OidcProvider[] {
  const { tenants, acceptV1, ...settings } = parseProviderOptions(entraOptionsSchema, options, 'Microsoft Entra')
  return tenants.flatMap((tenant) => {
    const authority = `https://login.microsoftonline.com/${tenant}`
    const version2: OidcProvider = {
      ...settings,
      issuer: `${authority}/v2.0`,
      metadataUrl: metadataUrlOf(`${authority}/v2.0`),
      algorithms: ['RS256'],
      rolesClaim: 'roles',
      identify: (claims) => identifyUser(claims, tenant),
    }
    const version1 = {
      ...version2,
      issuer: `https://sts.windows.net/${tenant}/`,
      metadataUrl: metadataUrlOf(authority),
    }
    return acceptV1 ? [version2, version1] : [version2]
  })
}

function identifyUser(claims: JWTPayload, tenant: string): string {
  // The issuer names the tenant already; a token that contradicts itself is not believed.
  if (claims['tid'] !== tenant) throw refuseClaim('tid')
  const user = requireText(claims, 'oid')
  if (!GUID.test(user)) throw refuseClaim('oid')
  return `${user}@${tenant}`
}
