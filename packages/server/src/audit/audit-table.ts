/** The table of the audit log, as drizzle sees it. What makes it is in the migrations. @module */

import type { Sha256Hex } from '@aibomgen/core'
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'

import type { Column, Table } from '../jobs/columns.ts'

/** Entries, each as its very line. The database itself refuses to change or delete one. */
export const auditEntries: Table<{
  sequence: Column<number>
  line: Column<string>
  sha256: Column<Sha256Hex>
}> = pgTable('audit_entries', {
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  line: text('line').notNull(),
  /** SHA-256 of `line`, for the entry behind it. */
  sha256: text('sha256').$type<Sha256Hex>().notNull(),
})
