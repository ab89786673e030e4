/** The embedded database: PGlite in a directory that one process has to itself, made durable. @module */

import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { syncDirectory } from '@aibomgen/core/node'
import { fromPglite, type ConstructorOptions } from 'pg-boss'

import type { Queries } from './database.ts'
import { lockDirectory } from './directory-lock.ts'

/** A connection to a database, before there is a queue in it. */
export interface Connection {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Queries
  /** How pg-boss reaches the same database. */
  readonly bossOptions: ConstructorOptions
  /** Returns when all that was committed before the call outlives a power failure. */
  settle(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the embedded database in `directory`, which is made when it is missing.
 *
 * PGlite writes and calls no fsync, so that what it committed outlives its process, and not the machine. What makes up
 * for it: the write-ahead log is flushed after every transaction that somebody is told of; and as PGlite runs no
 * checkpoint but when it opens and closes, all else is flushed then.
 *
 * @throws ConfigError `DATABASE_LOCKED`
 */
export async function openPglite(directory: string): Promise<Connection> {
  const lock = await lockDirectory(directory)
  try {
    const data = join(directory, 'pgdata')
    const [{ PGlite }, { drizzle }] = await Promise.all([import('@electric-sql/pglite'), import('drizzle-orm/pglite')])
    const lite = await PGlite.create(data)
    await syncTree(data)
    const settle = oneAtATime(() => syncFiles(join(data, 'pg_wal')))
    return {
      kind: 'pglite',
      db: drizzle(lite),
      bossOptions: { db: fromPglite(lite), backend: 'pglite' },
      settle,
      async close() {
        await lite.close()
        await syncTree(data)
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Calls of `action` in turn; those that wait share the next one, which begins after all of them were made. */
function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  return () => {
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        running = action()
        return running
      })
    return next
  }
}

async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const folders = new Set([directory, ...entries.map((entry) => entry.parentPath)])
  for (const folder of folders) await syncFiles(folder)
}

/** Flushes the files of a directory, and the directory itself. */
async function syncFiles(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = await open(join(directory, entry.name), 'r')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  }
  await syncDirectory(directory)
}
