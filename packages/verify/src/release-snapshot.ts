/** A release that stands still while it is verified. @module */

import { sha256Hex, type BytesIdentity } from '@aibomgen/core'

import type { ReleaseReader } from './release-reader.ts'

/**
 * The release as it is when first looked at: every file is read once, however many checks ask for it. Without that, who
 * can write to a release while it is verified could show each check another file.
 */
export function snapshotRelease(release: ReleaseReader): ReleaseReader {
  const names = remember(() => release.names())
  const files = new Map<string, Promise<Uint8Array | undefined>>()
  const identities = new Map<string, Promise<BytesIdentity | undefined>>()
  return {
    names,
    read: (name, maxBytes) => getOrMake(files, name, () => release.read(name, maxBytes)),
    identify: (name) =>
      getOrMake(identities, name, async () => {
        if (!files.has(name)) return release.identify(name)
        const bytes = await files.get(name)
        return bytes && { sha256: sha256Hex(bytes), sizeBytes: bytes.length }
      }),
  }
}

function remember<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

function getOrMake<T>(made: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const earlier = made.get(name)
  if (earlier !== undefined) return earlier
  const now = make()
  made.set(name, now)
  return now
}
