/** The embedded database: PGlite in a directory that one process has to itself, made durable. @module */

import { open, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { reasonOf } from '@aibomgen/core/node'
import { fromPglite } from 'pg-boss'

import type { Connection } from './connection.ts'
import { lockDirectory } from './directory-lock.ts'

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
    const mark = join(directory, 'flushed')
    await syncTree(data, mark)
    const settle = oneAtATime(() => syncFiles(join(data, 'pg_wal')))
    const db = drizzle(lite)
    return {
      kind: 'pglite',
      db,
      transaction: (work) => db.transaction(work),
      bossOptions: { db: fromPglite(lite), backend: 'pglite' },
      settle,
      async close() {
        await lite.close()
        await syncTree(data, mark)
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

/** Flushes what has changed in a directory and all below it since `mark` was last written, and writes that. */
async function syncTree(directory: string, mark: string): Promise<void> {
  const since = await lastWritten(mark)
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const folders = new Set([directory, ...entries.map((entry) => entry.parentPath)])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  // All at once: the file system writes its journal once for many that wait for it.
  await Promise.all([...files, ...folders].map((path) => syncIfChanged(path, since)))
  await writeFile(mark, '')
}

async function syncIfChanged(path: string, since: number): Promise<void> {
  const file = await open(path, 'r')
  try {
    // A mark is written after what it speaks of: what is as old as it may be younger by less than the clock's grain.
    if ((await file.stat()).ctimeMs >= since) await file.sync()
  } finally {
    await file.close()
  }
}

async function lastWritten(mark: string): Promise<number> {
  try {
    return (await stat(mark)).mtimeMs
  } catch (error) {
    if (reasonOf(error) !== 'ENOENT') throw error
    return 0
  }
}

/** Flushes the files of a directory that have changed, and the directory itself. */
async function syncFiles(directory: string): Promise<void> {
  const names = await readdir(directory, { withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map(({ name }) => join(directory, name))
  await Promise.all([...files, directory].map((path) => syncIfChanged(path, 0)))
}
