/** An app on a port, and off it again without cutting anybody short. @module */

import { once } from 'node:events'
import type { Server } from 'node:http'

import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { ConfigError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'
import type { Context, Hono } from 'hono'

import type { AppEnv } from './app-deps.ts'

/** Where to listen. */
export interface ListenOptions {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** How long answers under way may still take once the server is closed. */
  readonly graceSeconds: number
}

/** A server that takes requests. */
export interface Listening {
  /** Where it can be reached from this machine, without a slash at its end. */
  readonly url: string
  /** Takes no more requests, and returns when those under way are answered, or out of time. */
  close(): Promise<void>
}

/**
 * Listens, and returns once requests are taken.
 *
 * @throws ConfigError `CONFIG_INVALID` where it cannot listen there
 */
export async function listen(app: Hono<AppEnv>, { host, port, graceSeconds }: ListenOptions): Promise<Listening> {
  // Uploads may take hours: a limit on whole requests would cut them.
  const serverOptions = { requestTimeout: 0, headersTimeout: 60_000 }
  const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions }) as Server
  try {
    await once(server, 'listening')
  } catch (cause) {
    const problems = [{ path: 'port', expected: `one that is free at ${host}`, got: `${port} (${reasonOf(cause)})` }]
    const message = `cannot listen at ${host}, port ${port}: ${reasonOf(cause)}`
    throw new ConfigError('CONFIG_INVALID', message, { document: 'settings', problems }, { cause })
  }
  const address = server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () => close(server, graceSeconds),
  }
}

/** The address that a request of a listening app comes from; of a proxy, where one stands in front. */
export function addressOf(context: Context): string {
  return getConnInfo(context).remote.address ?? 'unknown'
}

async function close(server: Server, graceSeconds: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const grace = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000)
  await closed
  clearTimeout(grace)
}
