/** Artifacts on their way in: what has no digest yet, in memory while it is small, else as an object under `incoming/`. @module */

import { randomUUID } from 'node:crypto'

import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'

import type { StoredArtifact } from '@aibomgen/core'

import { copyObject } from './copy-object.ts'
import { MultipartUpload } from './multipart-upload.ts'
import type { LockFields } from './object-lock.ts'
import { PartBuffer } from './part-buffer.ts'
import { blobKey, incomingPrefix, type S3Location } from './s3-location.ts'

/** How many parts are on the wire or being collected at once: what bounds the memory of a put. */
const SLOTS = 4

/** How large the pieces are in which bytes travel. */
export interface TransferSizes {
  /** What is put in one request, and one part of what is larger. At least 5 MiB, but for tests of lenient servers. */
  readonly partBytes: number
  /** What the server copies by itself in one request. At most 5 GiB. */
  readonly copyBytes: number
}

interface Slot {
  readonly part: PartBuffer
  sent: Promise<void>
}

/** One artifact on its way in. To be ended by `publish`, and by `discard` when anything went wrong. */
export class IncomingObject {
  readonly #location: S3Location
  readonly #sizes: TransferSizes
  // No two writers ever share a name. It is gone when the artifact has its own.
  readonly #key: string
  readonly #slots: readonly Slot[]
  #upload: MultipartUpload | undefined
  #partsSent = 0

  constructor(location: S3Location, sizes: TransferSizes) {
    this.#location = location
    this.#sizes = sizes
    this.#key = incomingPrefix(location) + randomUUID()
    this.#slots = Array.from({ length: SLOTS }, () => ({
      part: new PartBuffer(sizes.partBytes),
      sent: Promise.resolve(),
    }))
  }

  /** Copies `bytes`, and sends what has become a whole part. */
  async write(bytes: Uint8Array): Promise<void> {
    let rest = bytes
    while (rest.length > 0) {
      // Only now that more has come: what fits into one part is never an upload of parts.
      if (this.#slot.part.isFull) await this.#sendPart()
      rest = this.#slot.part.take(rest)
    }
  }

  /** Gives what was written its name, which is the first that anybody sees of it. */
  async publish(artifact: StoredArtifact, lock: LockFields): Promise<void> {
    const key = blobKey(this.#location, artifact.sha256)
    if (this.#upload === undefined) return this.#putAtOnce(key, artifact, lock)
    await this.#sendPart()
    await Promise.all(this.#slots.map(({ sent }) => sent))
    await this.#upload.complete()
    await copyObject(this.#location, { from: this.#key, to: key, sizeBytes: artifact.sizeBytes }, this.#sizes, lock)
    await this.#remove()
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    // A part that arrives after an abort would stay.
    await Promise.allSettled(this.#slots.map(({ sent }) => sent))
    if (this.#upload === undefined) return
    await this.#upload.abort()
    // An upload may be complete although its answer was lost.
    await this.#remove()
  }

  get #slot(): Slot {
    const slot = this.#slots[this.#partsSent % SLOTS]
    if (slot === undefined) throw new TypeError('an incoming object has slots')
    return slot
  }

  /** Sends the part that was collected, and makes the next slot free. */
  async #sendPart(): Promise<void> {
    const slot = this.#slot
    this.#upload ??= await MultipartUpload.begin(this.#location, this.#key)
    slot.sent = this.#upload.sendPart(++this.#partsSent, slot.part.bytes)
    // Its failure is met by whoever needs the slot next, or by `publish`.
    slot.sent.catch(() => undefined)
    await this.#slot.sent
    this.#slot.part.clear()
  }

  async #putAtOnce(key: string, { sha256 }: StoredArtifact, lock: LockFields): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#location.bucket,
      Key: key,
      Body: this.#slot.part.bytes,
      ContentType: 'application/octet-stream',
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
      ...lock,
    })
    await this.#location.client.send(command)
  }

  async #remove(): Promise<void> {
    await this.#location.client.send(new DeleteObjectCommand({ Bucket: this.#location.bucket, Key: this.#key }))
  }
}
