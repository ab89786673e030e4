/** The database: PostgreSQL, or PGlite in this process; the queue lives in it. @module */

import type { Clock } from '@aibomgen/core'
import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'
import type { PgBoss } from 'pg-boss'

import type { JobSignals } from './job-signals.ts'

type NoRelations = Record<string, never>

/** Drizzle over either database. Inside `transact`, only the transaction's own may be used: PGlite has one connection. */
export type Queries = PgDatabase<PgQueryResultHKT, NoRelations>

/** A transaction. */
export type Transaction = PgTransaction<PgQueryResultHKT, NoRelations, ExtractTablesWithRelations<NoRelations>>

/** Where the database is: a PostgreSQL server's URL, or a directory of this process's own. */
export type DatabaseConfig = { readonly url: string } | { readonly directory: string }

/** What a database needs. */
export interface DatabaseDeps {
  readonly clock: Clock
  /** Takes what goes wrong in the background, where nobody waits for an answer: a lost connection, a failed poll. */
  readonly onError: (error: Error) => void
}

/** An open database, its schema up to date. */
export interface Database {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Queries
  readonly boss: PgBoss
  readonly clock: Clock
  /** Tells when something about a job has changed, whichever process changed it. */
  readonly signals: JobSignals
  /**
   * Runs `work` in one transaction. When it returns, what was written outlives a crash and a power failure, on PGlite
   * too; when `work` throws, nothing was written.
   */
  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Returns when the database answers. */
  ping(): Promise<void>
  /** Stops the queue, handing nothing more out, and closes every connection. */
  close(): Promise<void>
}
