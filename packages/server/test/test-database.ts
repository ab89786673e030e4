/** Databases for tests, each empty and gone afterwards: the embedded one, and real PostgreSQL where there is one. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Clock } from '@aibomgen/core'

import { openDatabase, type Database, type DatabaseConfig } from '../src/jobs/database.ts'

/** Opens a database; background failures end the test run. */
export function openTestDatabase(config: DatabaseConfig, clock: Clock): Promise<Database> {
  return openDatabase(config, {
    clock,
    onError: (error) => {
      throw error
    },
  })
}

/** A fresh directory for the embedded database, and what takes it away. */
export async function newDirectory(): Promise<AsyncDisposable & { readonly directory: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'aibomgen-database-'))
  return {
    directory: join(parent, 'database'),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  }
}
