/** A server that asks who everybody is, and the places of those who ask it, for tests. @module */

import { startProvider, AUDIENCE, type LocalProvider } from '../../../server/test/auth/local-provider.ts'
import { createPlace, type Place } from '../run-cli.ts'
import { startServer, stop, type Running } from './running-server.ts'

/** A server with an OpenID provider of its own. Disposing of it stops both. */
export interface SignedInServer extends AsyncDisposable {
  readonly place: Place
  readonly provider: LocalProvider
  readonly url: string
  /** An access token of the provider's. */
  accessToken(subject: string, claims?: { readonly roles?: readonly string[]; readonly exp?: number }): Promise<string>
  /** A place whose commands ask the server with this token; without one, as nobody. */
  placeWith(token: string | undefined): Promise<Place>
  /** Stops the server. */
  stop(): Promise<void>
  /** Starts it again, at another port. */
  restart(): Promise<void>
}

/** Starts a server over an empty home, with the embedded database. */
export async function startSignedInServer(): Promise<SignedInServer> {
  const provider = await startProvider()
  const place = await createPlace({
    OIDC_ISSUER: provider.issuer,
    OIDC_AUDIENCE: AUDIENCE,
    AIBOMGEN_LOG_LEVEL: 'error',
    AIBOMGEN_SCANNERS: 'none',
  })
  const places = [place]
  let running: Running & { readonly url: string } = await startServer(place)
  return {
    place,
    provider,
    get url() {
      return running.url
    },
    accessToken: (sub, { roles = ['user'], ...claims } = {}) =>
      provider.sign({ ...provider.claims(), ...claims, sub, roles: [...roles] }),
    async placeWith(token) {
      const theirs = await createPlace({ AIBOMGEN_SERVER: running.url, AIBOMGEN_TOKEN: token ?? '' })
      places.push(theirs)
      return theirs
    },
    stop: async () => void (await stop(running)),
    restart: async () => void (running = await startServer(place)),
    async [Symbol.asyncDispose]() {
      if (running.process.exitCode === null) await stop(running)
      for (const each of places) await each[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
    },
  }
}
