/** Workspaces: a private directory for one run, gone when the run is over. @module */

import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'

import { removeTree } from '@aibomgen/core/node'

/** A directory of one run's own. Disposing removes it with all that is in it. */
export interface Workspace extends AsyncDisposable {
  /** Absolute path. */
  readonly directory: string
}

/** Makes workspaces. */
export interface Workspaces {
  create(jobId: string): Promise<Workspace>
}

/** Workspaces inside `parent`, which is made if it is not there; each readable by nobody else. */
export function createWorkspaces(parent: string): Workspaces {
  return {
    async create(jobId) {
      await mkdir(parent, { recursive: true, mode: 0o700 })
      const directory = await mkdtemp(join(parent, `${jobId}-`))
      return {
        directory,
        [Symbol.asyncDispose]: () => removeTree(directory),
      }
    },
  }
}
