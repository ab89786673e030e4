/** An artifact store in memory: for tests, for small things, and as the port's contract in its shortest form. @module */

import {
  ArtifactError,
  concatBytes,
  type ArtifactStore,
  type ByteRange,
  type PutOptions,
  type Sha256Hex,
  type StoredArtifact,
} from '@aibomgen/core'

import { assertRangeWithin } from '../byte-range.ts'
import { ingest } from '../ingest.ts'

/** Keeps artifacts for as long as it lives. What goes in and what comes out are copies: nobody can change what is kept. */
export class MemoryArtifactStore implements ArtifactStore {
  readonly #blobs: Map<Sha256Hex, Uint8Array> = new Map()

  async put(bytes: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredArtifact> {
    const parts: Uint8Array[] = []
    const stored = await ingest(bytes, options, async (part) => {
      parts.push(part.slice())
    })
    this.#blobs.set(stored.sha256, concatBytes(...parts))
    return stored
  }

  async open(digest: Sha256Hex, range?: ByteRange): Promise<ReadableStream<Uint8Array>> {
    const blob = this.#blobs.get(digest)
    if (blob === undefined) throw new ArtifactError('ARTIFACT_NOT_FOUND', `no artifact ${digest}`, { sha256: digest })
    if (range !== undefined) assertRangeWithin(range, blob.length)
    return new ReadableStream({
      start(controller) {
        controller.enqueue(blob.slice(range?.start, range?.end))
        controller.close()
      },
    })
  }

  async has(digest: Sha256Hex): Promise<boolean> {
    return this.#blobs.has(digest)
  }

  async *list(): AsyncIterable<StoredArtifact> {
    for (const [sha256, blob] of this.#blobs) yield { sha256, sizeBytes: blob.length }
  }

  async delete(digest: Sha256Hex): Promise<void> {
    this.#blobs.delete(digest)
  }
}
