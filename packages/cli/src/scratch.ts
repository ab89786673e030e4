/** Scratch directories: where everything lies that is not whole yet. Those of killed processes are swept. @module */

import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { ArtifactError } from '@aibomgen/core'
import { identifyThisProcess, isOver, reasonOf, writeFileAtomic } from '@aibomgen/core/node'

/** A directory of this process's own. Disposing removes it with all that is in it. */
export interface Scratch extends AsyncDisposable {
  /** Absolute path. */
  readonly directory: string
}

const NAME = /^\.aibomgen-([0-9a-f.]+)-[^-]+$/

/**
 * A new scratch directory inside `parent`, readable by nobody else. Its name says whose it is, so that what a killed
 * process left there is known for what it is, and removed now.
 *
 * @throws ArtifactError `OUTPUT_UNWRITABLE`
 */
export async function createScratch(parent: string): Promise<Scratch> {
  return writingIn(parent, async () => {
    await sweepScratches(parent)
    const directory = await mkdtemp(join(parent, `.aibomgen-${await identifyThisProcess()}-`))
    return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
  })
}

/**
 * Writes a file whole or not at all, in a directory that is made when it is missing, by way of a scratch directory: a process that is killed leaves nothing that the
 * next one would not sweep. An existing file is replaced.
 *
 * @throws ArtifactError `OUTPUT_UNWRITABLE`
 */
export async function writeThroughScratch(path: string, bytes: Uint8Array): Promise<void> {
  await writingIn(dirname(path), () => mkdir(dirname(path), { recursive: true }))
  await using scratch = await createScratch(dirname(path))
  const whole = join(scratch.directory, 'whole')
  await writeFileAtomic(whole, bytes)
  await writingIn(dirname(path), () => rename(whole, path))
}

/** Removes what killed processes of this user's left in `parent`. */
export async function sweepScratches(parent: string): Promise<void> {
  for (const entry of await readdir(parent, { withFileTypes: true })) {
    const identity = NAME.exec(entry.name)?.[1]
    if (identity === undefined || !entry.isDirectory() || !(await isOver(identity))) continue
    const path = join(parent, entry.name)
    if (await isOurs(path)) await rm(path, { recursive: true, force: true })
  }
}

/** In a directory that several people share, everyone sweeps what is theirs. */
async function isOurs(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (reasonOf(error) === 'ENOENT') return undefined
    throw error
  })
  return found !== undefined && (process.getuid === undefined || found.uid === process.getuid())
}

/**
 * What `write` gives.
 *
 * @throws ArtifactError `OUTPUT_UNWRITABLE` when the file system refuses
 */
export async function writingIn<T>(parent: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (cause) {
    const reason = reasonOf(cause)
    const message = `cannot write in ${parent}: ${reason}`
    throw new ArtifactError('OUTPUT_UNWRITABLE', message, { path: parent, reason }, { cause })
  }
}
