/** An exclusive lock on a directory that does not outlive its process, however that ends. @module */

import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ConfigError } from '@aibomgen/core'
import { identifyThisProcess, isOver, reasonOf } from '@aibomgen/core/node'

/** A lock that is held. */
export interface DirectoryLock {
  /** Gives the lock back. */
  release(): Promise<void>
}

const LOCK_FILE = /^lock-(\d+)$/
const TOUCH_SECONDS = 5
/** Of a process on another machine (or in another container) nobody here can tell whether it runs: only its silence. */
const SILENCE_SECONDS = 30

/**
 * Locks the directory, which is made when it is missing. A lock is a file `lock-N` that names its process. Where the
 * last holder is dead, N+1 is taken; `link` lets one win. Nothing is believed from before that moment: whoever then finds
 * another living holder steps back.
 *
 * @throws ConfigError `DATABASE_LOCKED` while another process holds it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const identity = await identifyThisProcess()
  const own = await mkdtemp(join(directory, '.lock-'))
  try {
    const draft = join(own, 'draft')
    await writeFile(draft, identity)
    return await takeLock(directory, draft, identity)
  } finally {
    await rm(own, { recursive: true })
  }
}

async function takeLock(directory: string, draft: string, identity: string): Promise<DirectoryLock> {
  const numbers = await refuseLiving(directory, draft)
  const number = (numbers.at(-1) ?? 0) + 1
  const path = join(directory, `lock-${number}`)
  try {
    await link(draft, path)
  } catch (cause) {
    if (reasonOf(cause) !== 'EEXIST') throw cause
    throw lockedError(directory, await readFile(path, 'utf8'))
  }
  try {
    await refuseLiving(directory, draft, number)
  } catch (error) {
    await rm(path)
    throw error
  }
  for (const older of numbers) await rm(join(directory, `lock-${older}`), { force: true })
  const touching = setInterval(() => void touch(path, identity), TOUCH_SECONDS * 1000).unref()
  return {
    async release() {
      clearInterval(touching)
      await rm(path, { force: true })
    },
  }
}

/** The numbers of all locks but `own`, ascending, when those who held them are gone. */
async function refuseLiving(directory: string, draft: string, own?: number): Promise<readonly number[]> {
  const numbers = (await lockNumbers(directory)).filter((number) => number !== own)
  for (const number of numbers) {
    const path = join(directory, `lock-${number}`)
    try {
      const holder = await readFile(path, 'utf8')
      if (!(await isGone(holder, path, draft))) throw lockedError(directory, holder)
    } catch (error) {
      // Released, or cleared away by who took over.
      if (reasonOf(error) !== 'ENOENT') throw error
    }
  }
  return numbers
}

async function lockNumbers(directory: string): Promise<readonly number[]> {
  const numbers = (await readdir(directory)).map((name) => Number(LOCK_FILE.exec(name)?.[1] ?? 0))
  return numbers.filter((number) => number > 0).sort((a, b) => a - b)
}

async function isGone(holder: string, path: string, draft: string): Promise<boolean> {
  if (await isOver(holder)) return true
  const [machine] = holder.split('.')
  const [ownMachine] = (await readFile(draft, 'utf8')).split('.')
  if (machine === ownMachine) return false
  // Both times are the file system's: two machines need not agree on any other.
  const [now, touched] = [await stat(draft), await stat(path)]
  return now.mtimeMs - touched.mtimeMs > SILENCE_SECONDS * 1000
}

/** Writes the same again. A lock whose file is gone was taken over: there is nothing to keep fresh. */
async function touch(path: string, identity: string): Promise<void> {
  await writeFile(path, identity, { flag: 'r+' }).catch((error: unknown) => {
    if (reasonOf(error) !== 'ENOENT') throw error
  })
}

function lockedError(directory: string, holder: string): ConfigError {
  const pid = Number(holder.split('.')[2])
  const message = `database ${directory} is open in process ${pid}: stop that, or set DATABASE_URL to share a PostgreSQL`
  return new ConfigError('DATABASE_LOCKED', message, { directory, pid })
}
