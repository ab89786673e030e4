/** A release as a directory. @module */

import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

import { ArtifactError, VerificationError } from '@aibomgen/core'
import { digestFile, readFileBounded, reasonOf } from '@aibomgen/core/node'

import type { ReleaseReader } from '../release-reader.ts'

/**
 * The release in `directory`. Anything in it that is neither a file nor a directory fails when it is read: a symbolic
 * link could point at a file of the verifier's own that happens to fit.
 *
 * @throws ArtifactError `FILE_UNREADABLE` when `directory` is none
 */
export async function openReleaseDirectory(directory: string): Promise<ReleaseReader> {
  const isFile = await listFiles(directory)
  const whenThere = async <T>(name: string, use: (path: string) => Promise<T>): Promise<T | undefined> => {
    if (isFile.get(name) === false) {
      const detail = { name, code: 'FILE_UNREADABLE', reason: 'not a regular file' }
      throw new VerificationError(
        'RELEASE_FILE_INVALID',
        `${name}: expected a regular file, got a link or device`,
        detail,
      )
    }
    return isFile.has(name) ? use(join(directory, name)) : undefined
  }
  return {
    names: () => Promise.resolve([...isFile.keys()].sort()),
    read: (name, maxBytes) => whenThere(name, (path) => readFileBounded(path, maxBytes)),
    identify: (name) => whenThere(name, (path) => digestFile(path)),
  }
}

/** Everything below `directory` that is no directory, by name, and whether it is a regular file. */
async function listFiles(directory: string): Promise<ReadonlyMap<string, boolean>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(directory, reasonOf(cause), cause)
  })
  return new Map(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => [relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'), entry.isFile()]),
  )
}

function unreadable(path: string, reason: string, cause: unknown): ArtifactError {
  return new ArtifactError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { path, reason }, { cause })
}
