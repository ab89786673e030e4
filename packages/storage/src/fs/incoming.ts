/** Artifacts on their way in: files that have no digest yet. @module */

import { mkdir, mkdtemp, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

import { ifThere, onDisk } from './on-disk.ts'

/** A file of one writer's own. Disposing of it closes it and removes it, unless it was renamed away. */
export interface IncomingFile extends AsyncDisposable {
  readonly path: string
  readonly file: FileHandle
}

/** How long nothing may have been written before a file counts as left behind by a crash. */
const STALE_AFTER_MS = 60 * 60 * 1000

const FILE_NAME = 'bytes'

/**
 * A new, empty file below `directory`, which is made when it is missing and swept of what crashed writers left in it.
 */
export async function createIncomingFile(directory: string): Promise<IncomingFile> {
  await mkdir(directory, { recursive: true })
  // The system draws the name: no two writers ever share one, not even from two hosts with the same process id.
  const own = await mkdtemp(join(directory, 'put-'))
  const remove = (): Promise<void> => rm(own, { recursive: true, force: true })
  try {
    // What was just made tells the time by the file system's clock, whoever else writes there.
    await removeStale(directory, (await stat(own)).mtimeMs)
    const path = join(own, FILE_NAME)
    const file = await open(path, 'wx', 0o600)
    const dispose = (): Promise<void> => onDisk(() => file.close().finally(remove))
    return { path, file, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await remove()
    throw error
  }
}

async function removeStale(directory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const found = (await ifThere(stat(join(path, FILE_NAME)))) ?? (await ifThere(stat(path)))
    if (found !== undefined && nowMs - found.mtimeMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true })
  }
}
