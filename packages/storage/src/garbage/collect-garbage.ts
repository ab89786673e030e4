/** Takes away the artifacts that nobody refers to any more. @module */

import {
  compareTimestamps,
  type ArtifactStore,
  type Sha256Hex,
  type StoredArtifact,
  type Timestamp,
} from '@aibomgen/core'

import type { ArtifactAges } from '../artifact-ages.ts'

/** What is garbage. */
export interface GarbagePolicy {
  /** Asked for each artifact, shortly before it would go: whether anything still needs it. */
  isReferenced(digest: Sha256Hex): Promise<boolean>
  /**
   * Artifacts put at this time or later stay, since a reference to them may be on its way: leave longer than the
   * slowest submission takes, a day at least.
   */
  readonly storedBefore: Timestamp
  /** Stops between two artifacts. */
  readonly signal?: AbortSignal
}

/** What garbage collection did. */
export interface GarbageReport {
  readonly kept: number
  readonly deleted: number
  readonly deletedBytes: number
}

/**
 * Deletes every artifact that is not referenced and was put before `storedBefore`. May be stopped, and run twice at
 * once. An error of the store or of `isReferenced` ends it: what cannot be told to be garbage stays.
 *
 * An artifact that is put again in the moment between the last look at its age and its deletion is lost to that put:
 * whoever refers to an artifact later than `storedBefore` allows for must find it missing rather than assume it.
 */
export async function collectGarbage(
  store: ArtifactStore & ArtifactAges,
  policy: GarbagePolicy,
): Promise<GarbageReport> {
  let [kept, deleted, deletedBytes] = [0, 0, 0]
  for await (const artifact of store.list()) {
    policy.signal?.throwIfAborted()
    if (await isGarbage(artifact, store, policy)) {
      await store.delete(artifact.sha256)
      deleted++
      deletedBytes += artifact.sizeBytes
    } else {
      kept++
    }
  }
  return { kept, deleted, deletedBytes }
}

async function isGarbage({ sha256 }: StoredArtifact, ages: ArtifactAges, policy: GarbagePolicy): Promise<boolean> {
  if (await policy.isReferenced(sha256)) return false
  // Last, since a put that is about to be referred to makes an old artifact young again.
  const storedAt = await ages.storedAt(sha256)
  return storedAt !== undefined && compareTimestamps(storedAt, policy.storedBefore) < 0
}
