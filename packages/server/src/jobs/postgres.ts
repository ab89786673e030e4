/** A PostgreSQL server, for as many processes as there are. @module */

import type { Connection } from './connection.ts'
import { isDatabaseUnavailable } from './infrastructure-failure.ts'

const MAX_CONNECTIONS = 10
const QUEUE_CONNECTIONS = 4
const CONNECT_SECONDS = 10
/** After so long without a word, a server's machine is asked whether it is there: Linux by itself asks after two hours. */
const KEEP_ALIVE_SECONDS = 30
/** A machine may answer whose server does not any more. Our longest statements take seconds. */
const ANSWER_SECONDS = 120

/** Where a server is, and how long it may take until it has let us in, and until it has answered a statement. */
export interface PostgresServer {
  readonly url: string
  readonly connectSeconds?: number
  readonly answerSeconds?: number
}

/**
 * Connects to a server. PostgreSQL's own commit is durable: there is nothing to settle.
 *
 * @param onError - takes the end of a connection; whoever was using it is told by a rejected query
 */
export async function openPostgres(
  { url, connectSeconds = CONNECT_SECONDS, answerSeconds = ANSWER_SECONDS }: PostgresServer,
  onError: (error: Error) => void,
): Promise<Connection> {
  const [{ default: pg }, { drizzle }] = await Promise.all([import('pg'), import('drizzle-orm/node-postgres')])
  const server = {
    connectionString: url,
    connectionTimeoutMillis: connectSeconds * 1000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_SECONDS * 1000,
    query_timeout: answerSeconds * 1000,
  }
  const pool = new pg.Pool({ ...server, max: MAX_CONNECTIONS })
  pool.on('error', onError)
  // The pool does not listen to a connection that it has lent: cut between two queries, it would end the process.
  pool.on('connect', (client) => client.on('error', onError))
  return {
    kind: 'postgres',
    db: drizzle(pool),
    async transaction(work) {
      // Not drizzle's own way from a pool: it never returns a connection that was cut before BEGIN.
      const client = await pool.connect()
      let broken = false
      try {
        return await drizzle(client).transaction(work)
      } catch (error) {
        broken = isDatabaseUnavailable(error)
        throw error
      } finally {
        client.release(broken)
      }
    },
    bossOptions: { ...server, max: QUEUE_CONNECTIONS },
    settle: () => Promise.resolve(),
    close: () => pool.end(),
  }
}
