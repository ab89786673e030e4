/** The database: PostgreSQL, or PGlite in this process; the queue lives in it. @module */

import { ArtifactError, SdkError, type Clock } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'
import { sql, type ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'
import { PgBoss } from 'pg-boss'

import type { Connection } from './connection.ts'
import { isDatabaseUnavailable } from './infrastructure-failure.ts'
import { JOB_CHANNEL, JobSignals } from './job-signals.ts'
import { migrate } from './migrate.ts'
import { openPglite } from './pglite.ts'
import { openPostgres, type PostgresServer } from './postgres.ts'
import { createQueues, SUPERVISE_SECONDS } from './queue.ts'

type NoRelations = Record<string, never>

/** What both drivers answer alike: an object with `rows`. */
interface Rows<Row> {
  readonly rows: Row[]
}
interface RowsOfQuery extends PgQueryResultHKT {
  readonly type: Rows<this['row']>
}

/** Drizzle over either database. Inside `transact`, only the transaction's own may be used: PGlite has one connection. */
export type Queries = Omit<PgDatabase<RowsOfQuery, NoRelations>, 'transaction'>

/** A transaction. */
export type Transaction = PgTransaction<RowsOfQuery, NoRelations, ExtractTablesWithRelations<NoRelations>>

/** Where the database is: a PostgreSQL server, or a directory of this process's own. */
export type DatabaseConfig = PostgresServer | { readonly directory: string }

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
   *
   * @throws ArtifactError `DATABASE_UNAVAILABLE`; then it is not known whether anything was written
   */
  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Returns when the database answers. */
  ping(): Promise<void>
  /** Stops the queue, handing nothing more out, and closes every connection. */
  close(): Promise<void>
}

/**
 * Opens the database: its schema is brought up to date, the queue in it is started, and changes of jobs are listened to.
 *
 * @throws ConfigError `DATABASE_LOCKED`; ArtifactError `DATABASE_UNAVAILABLE`
 */
export async function openDatabase(config: DatabaseConfig, { clock, onError }: DatabaseDeps): Promise<Database> {
  const connection = 'url' in config ? await openPostgres(config, onError) : await openPglite(config.directory)
  const boss = new PgBoss({
    ...connection.bossOptions,
    useListenNotify: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    schedule: false,
  })
  boss.on('error', onError)
  const signals = new JobSignals()
  try {
    await migrate(connection)
    await boss.start()
    await createQueues(boss)
    const listener = await boss.getDb().listen?.(
      JOB_CHANNEL,
      (jobId) => signals.wake(jobId),
      () => signals.wakeAll(),
    )
    await connection.settle()
    return {
      kind: connection.kind,
      db: connection.db,
      boss,
      clock,
      signals,
      transact: (work) => transact(connection, work),
      ping: () => ping(connection.db),
      async close() {
        await listener?.close()
        await boss.stop({ graceful: true, close: true })
        await connection.close()
      },
    }
  } catch (cause) {
    await boss.stop({ graceful: false, close: true })
    await connection.close()
    throw cause instanceof SdkError ? cause : unavailable(cause)
  }
}

async function transact<T>(connection: Connection, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  try {
    const result = await connection.transaction(work)
    await connection.settle()
    return result
  } catch (cause) {
    throw isDatabaseUnavailable(cause) ? unavailable(cause) : cause
  }
}

async function ping(db: Queries): Promise<void> {
  try {
    await db.execute(sql`SELECT 1`)
  } catch (cause) {
    throw unavailable(cause)
  }
}

function unavailable(cause: unknown): ArtifactError {
  const reason = reasonOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause)
  return new ArtifactError('DATABASE_UNAVAILABLE', `the database cannot be used: ${reason}`, { reason }, { cause })
}
