/** Bodies of S3 answers as streams: a whole artifact checked against its digest on the way, or a range by its length. @module */

import { Readable } from 'node:stream'

import { createSha256, type Sha256Hex } from '@aibomgen/core'

import { corrupt } from '../ingest.ts'
import { onServer, unavailable } from './on-server.ts'

/** All bytes of `body`; an `ARTIFACT_CORRUPT` at their end when they are not `digest`'s. */
export function streamVerified(body: unknown, digest: Sha256Hex): ReadableStream<Uint8Array> {
  const hasher = createSha256()
  return streamBody(body, {
    onPart: (part) => hasher.update(part),
    onEnd: () => {
      const actual = hasher.digestHex()
      if (actual !== digest) throw corrupt(digest, actual)
    },
  })
}

/** The bytes of `body`, which have to be `sizeBytes`: a server may know nothing of ranges and send everything. */
export function streamSized(body: unknown, sizeBytes: number): ReadableStream<Uint8Array> {
  let seen = 0
  const assertSize = (fits: boolean): void => {
    if (!fits) throw unavailable(`expected a range of ${sizeBytes} bytes, got ${seen}`)
  }
  return streamBody(body, {
    onPart: (part) => {
      seen += part.length
      assertSize(seen <= sizeBytes)
    },
    onEnd: () => assertSize(seen === sizeBytes),
  })
}

interface Checks {
  onPart(part: Uint8Array): void
  onEnd(): void
}

function streamBody(body: unknown, checks: Checks): ReadableStream<Uint8Array> {
  if (!(body instanceof Readable)) throw new TypeError('expected an S3 client for Node.js, whose bodies are Readable')
  const parts: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      try {
        const next = await onServer(() => parts.next())
        if (next.done !== true) {
          checks.onPart(next.value)
          controller.enqueue(next.value)
          return
        }
        checks.onEnd()
      } catch (error) {
        body.destroy()
        throw error
      }
      controller.close()
    },
    cancel: () => void body.destroy(),
  })
}
