/** An artifact store in a bucket of an S3 server: one object per artifact, named by its digest. @module */

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type GetObjectCommandOutput,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3'

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

import type { ArtifactAges } from '../artifact-ages.ts'
import { assertRangeWithin } from '../byte-range.ts'
import { ingest } from '../ingest.ts'
import { streamSized, streamVerified } from './blob-stream.ts'
import { IncomingObject, type TransferSizes } from './incoming-object.ts'
import { MAX_PARTS } from './multipart-upload.ts'
import { assertKeepsLocks, lockFields, type ObjectLock } from './object-lock.ts'
import { ifThere, onServer, unavailable } from './on-server.ts'
import { assertLocation, blobKey, blobPrefix, digestOfKey, type S3Location } from './s3-location.ts'
import { sweepIncoming } from './sweep-incoming.ts'

const MiB = 1024 * 1024
const DEFAULT_SIZES: TransferSizes = { partBytes: 8 * MiB, copyBytes: 1024 * MiB }

/** What parts grow to at most, as a put keeps a few of them in memory: enough for artifacts of 625 GiB. */
const MAX_PART_BYTES = 64 * MiB

/** What is not said by where the artifacts lie. */
export interface S3StoreOptions extends Partial<TransferSizes> {
  /** Locks every artifact; refused where the bucket does not keep locks. */
  readonly objectLock?: ObjectLock
}

/**
 * Keeps artifacts as `blobs/ab/cdef…`. Any number of stores and processes may share a location.
 *
 * The client is the caller's: its endpoint, credentials, retries and time limits. It needs
 * `requestChecksumCalculation: 'WHEN_REQUIRED'` and `responseChecksumValidation: 'WHEN_REQUIRED'`, since digests are
 * checked here and not every server knows those checksums; and `forcePathStyle: true` for most servers but AWS.
 */
export class S3ArtifactStore implements ArtifactStore, ArtifactAges {
  readonly #location: S3Location
  readonly #sizes: TransferSizes
  readonly #objectLock: ObjectLock | undefined
  #locksAreKept = false

  /** @throws TypeError for a prefix that is none */
  constructor(location: S3Location, { objectLock, ...sizes }: S3StoreOptions = {}) {
    assertLocation(location)
    this.#location = location
    this.#sizes = { ...DEFAULT_SIZES, ...sizes }
    this.#objectLock = objectLock
  }

  /**
   * Nothing, when the bucket can be reached and can do what the options ask for.
   *
   * @throws ArtifactError `STORE_UNAVAILABLE`
   * @throws ConfigError `CONFIG_INVALID` when artifacts are to be locked in a bucket that keeps no locks
   */
  async assertReady(): Promise<void> {
    await this.#assertBucket()
    if (this.#objectLock === undefined) return
    await assertKeepsLocks(this.#location)
    this.#locksAreKept = true
  }

  async put(bytes: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredArtifact> {
    if (this.#objectLock !== undefined && !this.#locksAreKept) await this.assertReady()
    const incoming = new IncomingObject(this.#location, this.#sizesFor(options.maxBytes))
    try {
      const stored = await ingest(bytes, options, (part) => onServer(() => incoming.write(part)))
      await onServer(() => incoming.publish(stored, lockFields(this.#objectLock)))
      return stored
    } catch (error) {
      // What cannot be taken away now, a sweep will: the first error is the one to know of.
      await incoming.discard().catch(() => undefined)
      throw error
    }
  }

  async open(digest: Sha256Hex, range?: ByteRange): Promise<ReadableStream<Uint8Array>> {
    if (range !== undefined) return this.#openRange(digest, range)
    const { Body } = await this.#find(digest, () => this.#get(digest))
    return streamVerified(Body, digest)
  }

  async has(digest: Sha256Hex): Promise<boolean> {
    return (await onServer(() => this.#head(digest))) !== undefined
  }

  async *list(): AsyncIterable<StoredArtifact> {
    const { client, bucket } = this.#location
    const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: blobPrefix(this.#location) })
    for (;;) {
      const page = await onServer(() => pages.next())
      if (page.done === true) return
      for (const { Key, Size } of page.value.Contents ?? []) {
        const sha256 = Key === undefined ? undefined : digestOfKey(this.#location, Key)
        if (sha256 !== undefined && Size !== undefined) yield { sha256, sizeBytes: Size }
      }
    }
  }

  async delete(digest: Sha256Hex): Promise<void> {
    const { client } = this.#location
    await onServer(() => ifThere(client.send(new DeleteObjectCommand(this.#object(digest)))))
  }

  async storedAt(digest: Sha256Hex): Promise<Timestamp | undefined> {
    const found = await onServer(() => this.#head(digest))
    return found?.LastModified === undefined ? undefined : toTimestamp(found.LastModified)
  }

  /**
   * Takes away what crashed writers left on its way in before `before`, which has to lie further back than the longest
   * put takes, a day at least. Gives how many objects and uploads went.
   *
   * @throws ArtifactError `STORE_UNAVAILABLE`
   */
  sweepIncoming(before: Timestamp): Promise<number> {
    return onServer(() => sweepIncoming(this.#location, before))
  }

  async #openRange(digest: Sha256Hex, range: ByteRange): Promise<ReadableStream<Uint8Array>> {
    const { ContentLength = 0 } = await this.#find(digest, () => this.#head(digest))
    assertRangeWithin(range, ContentLength)
    const sizeBytes = range.end - range.start
    // S3 has no way to ask for nothing.
    if (sizeBytes === 0) return new ReadableStream({ start: (controller) => controller.close() })
    const { Body } = await this.#find(digest, () => this.#get(digest, `bytes=${range.start}-${range.end - 1}`))
    return streamSized(Body, sizeBytes)
  }

  /** @throws ArtifactError `ARTIFACT_NOT_FOUND`, `STORE_UNAVAILABLE` */
  async #find<T>(digest: Sha256Hex, look: () => Promise<T | undefined>): Promise<T> {
    const found = await onServer(look)
    if (found === undefined) throw new ArtifactError('ARTIFACT_NOT_FOUND', `no artifact ${digest}`, { sha256: digest })
    return found
  }

  #get(digest: Sha256Hex, range?: string): Promise<GetObjectCommandOutput | undefined> {
    return ifThere(this.#location.client.send(new GetObjectCommand({ ...this.#object(digest), Range: range })))
  }

  async #head(digest: Sha256Hex): Promise<HeadObjectCommandOutput | undefined> {
    const found = await ifThere(this.#location.client.send(new HeadObjectCommand(this.#object(digest))))
    // Of a missing bucket the server says the same as of a missing object: nobody shall take one for the other.
    if (found === undefined) await this.#assertBucket()
    return found
  }

  async #assertBucket(): Promise<void> {
    const { client, bucket } = this.#location
    const found = await onServer(() => ifThere(client.send(new HeadBucketCommand({ Bucket: bucket }))))
    if (found === undefined) throw unavailable('NoSuchBucket')
  }

  #object(digest: Sha256Hex): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#location.bucket, Key: blobKey(this.#location, digest) }
  }

  /** Larger parts where the limit allows more than the most parts of the usual size. */
  #sizesFor(maxBytes: number): TransferSizes {
    const needed = Math.ceil(maxBytes / MAX_PARTS)
    return needed > this.#sizes.partBytes
      ? { ...this.#sizes, partBytes: Math.min(needed, MAX_PART_BYTES) }
      : this.#sizes
  }
}
