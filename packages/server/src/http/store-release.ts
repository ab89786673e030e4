/** A published release, to be verified where it lies: in the store. @module */

import {
  ArtifactError,
  collectBytes,
  digestStream,
  sha256Hex,
  VerificationError,
  type ArtifactDescriptor,
  type ArtifactStore,
} from '@aibomgen/core'
import type { ReleaseReader } from '@aibomgen/verify'

import type { JobRelease } from '../jobs/job.ts'

/** What is shown of a release. */
export interface ReleaseView {
  /** Which of its files; all of them when left out. */
  readonly includes?: (file: ArtifactDescriptor) => boolean
  /** Files with other bytes than the store's, by name: those that are to be judged in their place. */
  readonly replaced?: ReadonlyMap<string, Uint8Array>
}

/**
 * The release as a verifier reads it. Files are hashed as they come out of the store, whatever the database says of
 * them; one that the store does not have is not there, and one that it has wrong fails: reading it throws
 * VerificationError `DIGEST_MISMATCH`.
 */
export function openStoredRelease(release: JobRelease, store: ArtifactStore, view: ReleaseView = {}): ReleaseReader {
  const { includes = () => true, replaced = new Map<string, Uint8Array>() } = view
  const files = new Map([...release.files, release.index].filter(includes).map((file) => [file.name, file]))
  return {
    async names() {
      const there = await Promise.all(
        [...files.values()].map(async ({ name, sha256 }) => (await store.has(sha256)) && name),
      )
      return [...new Set([...there.filter((name) => name !== false), ...replaced.keys()])].sort()
    },
    async read(name, maxBytes) {
      const replacement = replaced.get(name)
      if (replacement !== undefined) return replacement
      return readFile(store, files.get(name), (stream) => collectBytes(stream, maxBytes))
    },
    async identify(name) {
      const replacement = replaced.get(name)
      if (replacement !== undefined) return { sha256: sha256Hex(replacement), sizeBytes: replacement.length }
      return readFile(store, files.get(name), digestStream)
    },
  }
}

/**
 * What `use` makes of a file's bytes, as they are in the store; undefined for a file that is not there.
 *
 * @throws VerificationError `DIGEST_MISMATCH`; ArtifactError `STORE_UNAVAILABLE`
 */
export async function readFile<T>(
  store: ArtifactStore,
  file: ArtifactDescriptor | undefined,
  use: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T | undefined> {
  if (file === undefined) return undefined
  try {
    return await use(await store.open(file.sha256))
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error
    if (error.code === 'ARTIFACT_NOT_FOUND') return undefined
    if (error.code !== 'ARTIFACT_CORRUPT') throw error
    const detail = { name: file.name, expected: file.sha256, actual: 'other bytes' }
    const message = `${file.name}: the store holds other bytes under ${file.sha256}`
    throw new VerificationError('DIGEST_MISMATCH', message, detail, { cause: error })
  }
}
