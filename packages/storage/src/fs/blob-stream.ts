/** Blobs as streams: a whole one checked against its digest on the way, or a range as it is. @module */

import type { FileHandle } from 'node:fs/promises'

import { ArtifactError, createSha256, type ByteRange, type Sha256Hex } from '@aibomgen/core'

import { corrupt } from '../ingest.ts'
import { onDisk } from './on-disk.ts'

const PART_BYTES = 256 * 1024

/** All bytes of an open file, which the stream closes; an `ARTIFACT_CORRUPT` at their end when they are not `digest`'s. */
export function streamVerified(file: FileHandle, digest: Sha256Hex): ReadableStream<Uint8Array> {
  const hasher = createSha256()
  return streamParts(
    file,
    { start: 0, end: Infinity },
    {
      onPart: (part) => hasher.update(part),
      onEnd: () => {
        const actual = hasher.digestHex()
        if (actual !== digest) throw corrupt(digest, actual)
      },
    },
  )
}

/** The bytes of an open file in `range`, which lies within it. The stream closes the file. */
export function streamRange(file: FileHandle, range: ByteRange): ReadableStream<Uint8Array> {
  return streamParts(file, range, {
    onPart: () => undefined,
    onEnd: (position) => {
      if (position === range.end) return
      const reason = 'a blob became shorter while it was read'
      throw new ArtifactError('STORE_UNAVAILABLE', reason, { reason })
    },
  })
}

interface Checks {
  onPart(part: Uint8Array): void
  onEnd(position: number): void
}

function streamParts(file: FileHandle, { start, end }: ByteRange, checks: Checks): ReadableStream<Uint8Array> {
  let position = start
  return new ReadableStream({
    async pull(controller) {
      try {
        const part = await onDisk(() => readPart(file, position, end))
        if (part.length > 0) {
          checks.onPart(part)
          position += part.length
          controller.enqueue(part)
          return
        }
        checks.onEnd(position)
      } catch (error) {
        await file.close()
        throw error
      }
      await file.close()
      controller.close()
    },
    cancel: () => file.close(),
  })
}

async function readPart(file: FileHandle, position: number, end: number): Promise<Uint8Array> {
  const part = new Uint8Array(Math.min(PART_BYTES, end - position))
  const { bytesRead } = await file.read(part, 0, part.length, position)
  return part.subarray(0, bytesRead)
}
