/** The databases that every test of jobs runs on: PGlite, and PostgreSQL where there is one. @module */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { toTimestamp, type Clock } from '@aibomgen/core'

import { openDatabase, type Database, type DatabaseConfig } from '../../src/jobs/database.ts'
import { noPostgres, startPostgres } from '../postgres.ts'

/** Where databases of one kind come from. */
export interface DatabaseSource extends AsyncDisposable {
  /** An empty database that several connections may share, where its kind allows that. */
  create(): Promise<DatabaseConfig>
}

/** The kinds. `skip` says why one cannot be had here; `title` says it where tests are named. */
export const KINDS: readonly {
  readonly kind: Database['kind']
  readonly title: string
  readonly skip: string | undefined
  readonly start: () => Promise<DatabaseSource>
}[] = [
  { kind: 'pglite', title: 'PGlite', skip: undefined, start: startPglites },
  {
    kind: 'postgres',
    title: `PostgreSQL${noPostgres === undefined ? '' : ` (skipped: ${noPostgres})`}`,
    skip: noPostgres,
    start: startPostgresDatabases,
  },
]

/** The clock of the system. */
export const clock: Clock = { now: () => toTimestamp(new Date()) }

/** Opens a database whose troubles in the background are collected. */
export async function open(config: DatabaseConfig, errors: Error[] = []): Promise<Database> {
  return openDatabase(config, { clock, onError: (error) => errors.push(error) })
}

async function startPglites(): Promise<DatabaseSource> {
  const parent = await mkdtemp(join(tmpdir(), 'pglite-test-'))
  let count = 0
  return {
    create: () => Promise.resolve({ directory: join(parent, `database-${++count}`) }),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  }
}

async function startPostgresDatabases(): Promise<DatabaseSource> {
  const server = await startPostgres()
  return {
    create: async () => ({ url: await server.createDatabase() }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
