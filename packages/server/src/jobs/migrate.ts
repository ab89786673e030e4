/** Brings a database's schema up to date, once, however many processes start at the same time. @module */

import { sql } from 'drizzle-orm'

import type { Connection } from './connection.ts'
import { JOBS_SQL } from './migrations/0001-jobs.ts'
import { ACCESS_SQL } from './migrations/0002-access.ts'
import { OPERATION_SQL } from './migrations/0003-operation.ts'

/** Every migration in the order in which they apply. New ones go to the end; none is ever changed or taken out. */
const MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '0001-jobs', sql: JOBS_SQL },
  { name: '0002-access', sql: ACCESS_SQL },
  { name: '0003-operation', sql: OPERATION_SQL },
]

/** Any number, as long as nobody else takes an advisory lock of it. */
const MIGRATION_LOCK = 4_162_026_11

/** Applies what is missing, all of it or nothing; whoever comes second waits, and finds nothing missing. */
export async function migrate(connection: Connection): Promise<void> {
  await connection.transaction(async (transaction) => {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`)
    await transaction.execute(
      sql`CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamp with time zone NOT NULL DEFAULT now())`,
    )
    for (const migration of MIGRATIONS) {
      const applied = await transaction.execute(
        sql`INSERT INTO schema_migrations (name) VALUES (${migration.name}) ON CONFLICT DO NOTHING RETURNING name`,
      )
      if (applied.rows.length === 0) continue
      for (const statement of migration.sql.split(';\n')) {
        if (statement.trim() !== '') await transaction.execute(sql.raw(statement))
      }
    }
  })
}
