/** An artifact store in a directory: one read-only file per artifact, named by its digest. @module */

import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import {
  ArtifactError,
  toTimestamp,
  type ArtifactStore,
  type ByteRange,
  type PutOptions,
  type Sha256Hex,
  type StoredArtifact,
  type Timestamp,
} from '@aibomgen/core'
import { syncDirectory } from '@aibomgen/core/node'

import type { ArtifactAges } from '../artifact-ages.ts'
import { assertRangeWithin } from '../byte-range.ts'
import { ingest } from '../ingest.ts'
import { digestOfBlob, pathOfBlob, SHARD_NAME } from './blob-path.ts'
import { ifThere, onDisk } from './on-disk.ts'
import { streamRange, streamVerified } from './blob-stream.ts'
import { createIncomingFile } from './incoming.ts'

/**
 * Keeps artifacts in `directory`, which is made when it is missing: whole ones as `blobs/ab/cdef…`, mode 0444; those
 * on their way in under `incoming/`. Any number of stores and processes may share a directory on one file system.
 *
 * An artifact is flushed to disk before it gets its name, and its name is flushed before `put` returns: what was put
 * survives a crash and a power failure.
 */
export class FsArtifactStore implements ArtifactStore, ArtifactAges {
  readonly #blobs: string
  readonly #incoming: string

  constructor(directory: string) {
    this.#blobs = join(directory, 'blobs')
    this.#incoming = join(directory, 'incoming')
  }

  async put(bytes: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredArtifact> {
    await using incoming = await onDisk(() => createIncomingFile(this.#incoming))
    const stored = await ingest(bytes, options, (part) => onDisk(() => writeAll(incoming.file, part)))
    await onDisk(async () => {
      await incoming.file.chmod(0o444)
      await incoming.file.sync()
      const path = pathOfBlob(this.#blobs, stored.sha256)
      await mkdir(dirname(path), { recursive: true })
      // Over an artifact that is there already as well: the bytes are the same, and a damaged one is healed.
      await rename(incoming.path, path)
      await this.#syncNames(path)
    })
    return stored
  }

  async open(digest: Sha256Hex, range?: ByteRange): Promise<ReadableStream<Uint8Array>> {
    const file = await onDisk(() => ifThere(open(pathOfBlob(this.#blobs, digest))))
    if (file === undefined) throw new ArtifactError('ARTIFACT_NOT_FOUND', `no artifact ${digest}`, { sha256: digest })
    if (range === undefined) return streamVerified(file, digest)
    try {
      const { size } = await onDisk(() => file.stat())
      assertRangeWithin(range, size)
    } catch (error) {
      await file.close()
      throw error
    }
    return streamRange(file, range)
  }

  async has(digest: Sha256Hex): Promise<boolean> {
    return (await onDisk(() => ifThere(stat(pathOfBlob(this.#blobs, digest))))) !== undefined
  }

  async *list(): AsyncIterable<StoredArtifact> {
    for (const shard of (await onDisk(() => ifThere(readdir(this.#blobs)))) ?? []) {
      if (!SHARD_NAME.test(shard)) continue
      for (const name of (await onDisk(() => ifThere(readdir(join(this.#blobs, shard))))) ?? []) {
        const sha256 = digestOfBlob(shard, name)
        if (sha256 === undefined) continue
        const found = await onDisk(() => ifThere(stat(pathOfBlob(this.#blobs, sha256))))
        if (found !== undefined) yield { sha256, sizeBytes: found.size }
      }
    }
  }

  async delete(digest: Sha256Hex): Promise<void> {
    const path = pathOfBlob(this.#blobs, digest)
    await onDisk(async () => {
      await rm(path, { force: true })
      await ifThere(syncDirectory(dirname(path)))
    })
  }

  async storedAt(digest: Sha256Hex): Promise<Timestamp | undefined> {
    const found = await onDisk(() => ifThere(stat(pathOfBlob(this.#blobs, digest))))
    return found && toTimestamp(found.mtime)
  }

  /** Flushes the directories that a new blob may have changed, its own and those above it. */
  async #syncNames(path: string): Promise<void> {
    for (const directory of [dirname(path), this.#blobs, dirname(this.#blobs)]) await syncDirectory(directory)
  }
}

async function writeAll(file: FileHandle, part: Uint8Array): Promise<void> {
  let written = 0
  // A disk that fills up takes a part of the bytes and says so only when asked for the rest.
  while (written < part.length) written += (await file.write(part, written)).bytesWritten
}
