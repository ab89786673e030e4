/** Keys that every server of a platform has, and nobody else needs: made once, kept in the database. @module */

import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'

import { bytesColumn, type Column, type Table } from './columns.ts'
import type { Database } from './database.ts'

const sharedKeys: Table<{ name: Column<string>; bytes: Column<Uint8Array> }> = pgTable('shared_keys', {
  name: text('name').primaryKey(),
  bytes: bytesColumn('bytes').notNull(),
})

/**
 * The key of that name: the one that is there, whichever server made it. Whoever deletes its row and starts the servers
 * anew has ended all that it vouched for.
 *
 * @param draw - fresh random bytes, for the first time
 */
export async function readSharedKey(database: Database, name: string, draw: () => Uint8Array): Promise<Uint8Array> {
  return database.transact(async (transaction) => {
    await transaction.insert(sharedKeys).values({ name, bytes: draw() }).onConflictDoNothing()
    const [row] = await transaction
      .select()
      .from(sharedKeys)
      .where(sql`${sharedKeys.name} = ${name}`)
    if (row === undefined) throw new TypeError('a key that was inserted is there')
    return row.bytes
  })
}
