/** The table of API tokens, as drizzle sees it. What makes it is in the migrations. @module */

import type { Sha256Hex, Timestamp } from '@aibomgen/core'
import { index, pgTable, text } from 'drizzle-orm/pg-core'

import { timestampColumn, type Column, type NullableColumn, type Table } from '../jobs/columns.ts'
import type { UserRole } from './principal.ts'

/** API tokens, without the tokens: what is here lets nobody in. Revoked ones stay, for the audit log speaks of them. */
export const apiTokens: Table<{
  id: Column<string>
  sha256: Column<Sha256Hex>
  owner: Column<string>
  roles: Column<UserRole[]>
  label: Column<string>
  createdAt: Column<Timestamp>
  expiresAt: Column<Timestamp>
  lastUsedAt: NullableColumn<Timestamp>
  revokedAt: NullableColumn<Timestamp>
}> = pgTable(
  'api_tokens',
  {
    id: text('id').primaryKey(),
    sha256: text('sha256').$type<Sha256Hex>().notNull().unique(),
    owner: text('owner').notNull(),
    roles: text('roles').array().$type<UserRole[]>().notNull(),
    label: text('label').notNull(),
    createdAt: timestampColumn('created_at').notNull(),
    expiresAt: timestampColumn('expires_at').notNull(),
    lastUsedAt: timestampColumn('last_used_at'),
    revokedAt: timestampColumn('revoked_at'),
  },
  (table) => [index('api_tokens_owner').on(table.owner, table.createdAt)],
)
