/** Work that one process of a platform does at a time, whichever gets to it. @module */

import { sql } from 'drizzle-orm'

import type { Database } from '../jobs/database.ts'

/**
 * Whether `holder` has the work of that name to itself for the next `seconds`, by the database's clock. It has, where
 * nobody else does: also where whoever did has died, once its time is over.
 */
export async function takeLease(
  database: Database,
  lease: { readonly name: string; readonly holder: string; readonly seconds: number },
): Promise<boolean> {
  const { name, holder, seconds } = lease
  const taken = await database.transact((transaction) =>
    transaction.execute(sql`
      INSERT INTO leases (name, holder, until) VALUES (${name}, ${holder}, now() + ${seconds} * interval '1 second')
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE leases.until < now() OR leases.holder = excluded.holder
      RETURNING name`),
  )
  return taken.rows.length > 0
}
