/** Sign-in, as environment variables say it. @module */

import { ConfigError, type Problem } from '@aibomgen/core'
import { entraProviders, oidcProvider, type OidcProvider } from '@aibomgen/server'

/** The identity providers that are believed. */
export interface SignInSettings {
  /** Undefined where none is named. */
  readonly providers: readonly OidcProvider[] | undefined
  readonly problems: readonly Problem[]
}

/** By the options of a provider: the variable that says it. */
const PROVIDER_VARIABLES: Readonly<Record<string, string>> = {
  issuer: 'OIDC_ISSUER',
  audiences: 'OIDC_AUDIENCE',
  rolesClaim: 'OIDC_ROLES_CLAIM',
  requiredScope: 'OIDC_REQUIRED_SCOPE',
  defaultRoles: 'OIDC_DEFAULT_ROLES',
  tenants: 'ENTRA_TENANTS',
}

/** The providers that the variables name, and what is wrong with them, by the variables' names. */
export function readSignIn(given: Readonly<Record<string, string>>): SignInSettings {
  const { OIDC_ISSUER: issuer, ENTRA_TENANTS: tenants, OIDC_ROLES_CLAIM, OIDC_REQUIRED_SCOPE } = given
  const words = (name: string): string[] => splitList(given[name] ?? '')
  const options = {
    audiences: words('OIDC_AUDIENCE'),
    // The provider's own parser knows which words are roles.
    defaultRoles: words('OIDC_DEFAULT_ROLES') as [],
    ...(OIDC_REQUIRED_SCOPE !== undefined && { requiredScope: OIDC_REQUIRED_SCOPE }),
  }
  const rolesClaim = OIDC_ROLES_CLAIM === undefined ? {} : { rolesClaim: OIDC_ROLES_CLAIM }
  try {
    const providers = [
      ...(issuer === undefined ? [] : [oidcProvider({ ...options, ...rolesClaim, issuer })]),
      ...(tenants === undefined ? [] : entraProviders({ ...options, tenants: words('ENTRA_TENANTS') })),
    ]
    return { providers: providers.length === 0 ? undefined : providers, problems: [] }
  } catch (error) {
    if (!(error instanceof ConfigError) || error.code !== 'CONFIG_INVALID') throw error
    const { problems } = error.detail as { readonly problems: readonly Problem[] }
    const named = problems.map((problem) => {
      const [option = '', ...rest] = problem.path.split('.')
      return { ...problem, path: [PROVIDER_VARIABLES[option] ?? option, ...rest].join('.') }
    })
    return { providers: undefined, problems: named }
  }
}

/** The words of a list: separated by commas. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
