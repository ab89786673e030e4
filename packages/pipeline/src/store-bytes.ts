/** Bytes at hand, into a store and out of it. @module */

import {
  collectBytes,
  type ArtifactReader,
  type ArtifactStore,
  type BytesIdentity,
  type StoredArtifact,
} from '@aibomgen/core'

/** Puts bytes into the store. */
export function storeBytes(store: ArtifactStore, bytes: Uint8Array): Promise<StoredArtifact> {
  return store.put(oneChunk(bytes), { maxBytes: bytes.length })
}

/** A whole artifact of known size out of the store, checked against its digest on the way. */
export async function readStored(store: ArtifactReader, artifact: BytesIdentity): Promise<Uint8Array> {
  return collectBytes(await store.open(artifact.sha256), artifact.sizeBytes)
}

async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
