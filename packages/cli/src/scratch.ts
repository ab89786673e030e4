/** Scratch directories: where everything lies that is not whole yet. Those of killed processes are swept. @module */

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { ArtifactError } from '@aibomgen/core'
import { reasonOf } from '@aibomgen/core/node'

import { identifyThisProcess, isOver } from './process-identity.ts'

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
  try {
    await sweep(parent)
    const directory = await mkdtemp(join(parent, `.aibomgen-${await identifyThisProcess()}-`))
    return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
  } catch (cause) {
    const reason = reasonOf(cause)
    throw new ArtifactError(
      'OUTPUT_UNWRITABLE',
      `cannot write in ${parent}: ${reason}`,
      { path: parent, reason },
      { cause },
    )
  }
}

async function sweep(parent: string): Promise<void> {
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
