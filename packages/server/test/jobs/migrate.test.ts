/** Migrations: what they make is what drizzle takes for granted, and they apply once. @module */

import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import * as schema from '../../src/jobs/schema.ts'
import type { Database } from '../../src/jobs/database.ts'
import { KINDS, open, type DatabaseSource } from './databases.ts'

describe.each(KINDS)('migrations on $title', ({ kind, skip, start }) => {
  let source: DatabaseSource
  let database: Database

  beforeAll(async () => {
    if (skip !== undefined) return
    source = await start()
    database = await open(await source.create())
  })
  afterAll(async () => {
    await database?.close()
    await source?.[Symbol.asyncDispose]()
  })

  it.skipIf(skip).each(Object.values(schema).map((table) => [getTableName(table), table] as const))(
    'make the columns of %s as drizzle knows them',
    async (name, table) => {
      const { rows } = await database.db.execute(sql`
        SELECT column_name AS name, data_type AS type, is_nullable = 'NO' AS "notNull"
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ${name}`)
      const known = Object.values(getTableColumns(table)).map((column) => ({
        name: column.name,
        type: column.getSQLType().replace('bigserial', 'bigint'),
        notNull: column.notNull,
      }))
      expect(sorted(rows)).toEqual(sorted(known))
      const indexes = getTableConfig(table).indexes.map(({ config }) => config.name)
      const made = await database.db.execute<{ indexname: string }>(
        sql`SELECT indexname FROM pg_indexes WHERE tablename = ${name} AND indexname NOT LIKE '%pkey'`,
      )
      expect(made.rows.map(({ indexname }) => indexname).sort()).toEqual(indexes.sort())
    },
  )

  it.skipIf(skip !== undefined || kind === 'pglite')('apply once, when several processes start at once', async () => {
    const config = await source.create()
    const databases = await Promise.all([open(config), open(config), open(config)])
    const applied = await databases[0].db.execute(sql`SELECT name FROM schema_migrations`)
    expect(applied.rows.length).toBeGreaterThan(0)
    await Promise.all(databases.map((one) => one.close()))
  })
})

function sorted(columns: readonly Record<string, unknown>[]): readonly unknown[] {
  return columns.toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1))
}
