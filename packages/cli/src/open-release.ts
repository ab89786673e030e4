/** A release as it was named on the command line: a directory or an evidence bundle. @module */

import { stat } from 'node:fs/promises'
import { basename } from 'node:path'

import { ArtifactError, type ArtifactDescriptor } from '@aibomgen/core'
import { digestFile, readFileBounded, reasonOf } from '@aibomgen/core/node'
import { createBundleReader, MAX_BUNDLE_BYTES, parseEvidenceBundle, type ReleaseReader } from '@aibomgen/verify'
import { openReleaseDirectory } from '@aibomgen/verify/node'

/**
 * The release at `path`. Nothing in it is believed.
 *
 * @throws ArtifactError `FILE_UNREADABLE`; ParseError for a file that is no evidence bundle
 */
export async function openRelease(path: string): Promise<ReleaseReader> {
  const found = await stat(path).catch((cause: unknown) => {
    const reason = reasonOf(cause)
    throw new ArtifactError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { path, reason }, { cause })
  })
  if (found.isDirectory()) return openReleaseDirectory(path)
  return createBundleReader(parseEvidenceBundle(await readFileBounded(path, MAX_BUNDLE_BYTES)))
}

/** Files that came apart from a release, by their digests. */
export function describeFiles(paths: readonly string[]): Promise<readonly ArtifactDescriptor[]> {
  return Promise.all(paths.map(async (path) => ({ name: basename(path), ...(await digestFile(path)) })))
}
