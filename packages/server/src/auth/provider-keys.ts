/** The keys of an identity provider: found by discovery, kept for a while, fetched again when they rotate. @module */

import { CryptoError, parseWith, type Clock } from '@aibomgen/core'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'
import * as z from 'zod'

import { fetchJson, type Fetch } from './fetch-json.ts'
import { isSecureUrl, type OidcProvider } from './oidc-provider.ts'

/** What a provider's keys are fetched with. */
export interface ProviderKeysDeps {
  readonly fetch: Fetch
  readonly clock: Clock
}

/** Keys older than this are fetched again before they are used, so that a key that was taken out stops to count. */
const FRESH_SECONDS = 600
/** While the provider does not answer, keys up to this age go on to count: an outage of theirs is none of ours. */
const STALE_SECONDS = 3600
/** Between two attempts, whether they succeeded or not: made-up key ids and outages cause no flood of requests. */
const RETRY_SECONDS = 15

const metadataSchema = z.object({
  issuer: z.string(),
  jwks_uri: z.string().refine(isSecureUrl, 'an https URL (http on loopback alone)'),
})

/**
 * Finds the key with which a token of the provider claims to be signed. Only the token's `kid` and `alg` are looked
 * at, never a key or a URL inside it.
 *
 * The returned function throws what `jose` throws where the provider has no such key, after it has asked once more;
 * and CryptoError `PROVIDER_KEYS_UNAVAILABLE` where no answer can be given.
 */
export function createProviderKeys(provider: OidcProvider, deps: ProviderKeysDeps): JWTVerifyGetKey {
  const keys = new ProviderKeys(provider, deps)
  return async (header, token) => {
    const known = await keys.current()
    try {
      return await known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      return (await keys.renewed())(header, token)
    }
  }
}

class ProviderKeys {
  readonly #provider: OidcProvider
  readonly #deps: ProviderKeysDeps
  #keys: LocalJWKSet | undefined
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #fetching: Promise<void> | undefined
  #failure: unknown

  constructor(provider: OidcProvider, deps: ProviderKeysDeps) {
    this.#provider = provider
    this.#deps = deps
  }

  async current(): Promise<LocalJWKSet> {
    return this.#age() <= FRESH_SECONDS && this.#keys !== undefined ? this.#keys : this.renewed()
  }

  /** The keys after an attempt to fetch them, or as they are when the last attempt was just now. */
  async renewed(): Promise<LocalJWKSet> {
    if (this.#fetching === undefined && this.#now() - this.#triedAt >= RETRY_SECONDS) {
      this.#triedAt = this.#now()
      this.#fetching = this.#fetch().finally(() => (this.#fetching = undefined))
    }
    await this.#fetching
    if (this.#keys === undefined || this.#age() > STALE_SECONDS) throw this.#unavailable()
    return this.#keys
  }

  /** Never rejects: what went wrong is kept for those who cannot do without the keys. */
  async #fetch(): Promise<void> {
    const { issuer, metadataUrl } = this.#provider
    try {
      const metadata = parseWith(metadataSchema, await fetchJson(this.#deps.fetch, metadataUrl), metadataUrl)
      if (metadata.issuer !== issuer) throw new Error(`${metadataUrl} speaks for another issuer`)
      const keys = await fetchJson(this.#deps.fetch, metadata.jwks_uri)
      // What it holds is checked by jose, which takes anything and throws for all but a set of keys.
      this.#keys = createLocalJWKSet(keys as unknown as JSONWebKeySet)
      this.#fetchedAt = this.#now()
    } catch (error) {
      this.#failure = error
    }
  }

  #unavailable(): CryptoError {
    const { issuer } = this.#provider
    const reason = this.#failure instanceof Error ? this.#failure.message : 'no answer'
    return new CryptoError(
      'PROVIDER_KEYS_UNAVAILABLE',
      `the keys of ${issuer} cannot be had: ${reason}`,
      { issuer, reason },
      { cause: this.#failure },
    )
  }

  #age(): number {
    return this.#now() - this.#fetchedAt
  }

  #now(): number {
    return Date.parse(this.#deps.clock.now()) / 1000
  }
}
