/** One multipart upload: begun, filled part by part, and completed or aborted. @module */

import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  NoSuchUpload,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3'

import type { LockFields } from './object-lock.ts'
import { unavailable } from './on-server.ts'
import type { S3Location } from './s3-location.ts'

/** Most parts that an upload can have. See the S3 user guide, "Amazon S3 multipart upload limits". */
export const MAX_PARTS = 10_000

interface UploadId {
  readonly Bucket: string
  readonly Key: string
  readonly UploadId: string
}

/** Parts may be sent at once and in any order; all of them have to have ended before `complete` or `abort`. */
export class MultipartUpload {
  readonly #client: S3Location['client']
  readonly #upload: UploadId
  readonly #parts: (CompletedPart & { readonly PartNumber: number })[] = []

  private constructor(client: S3Location['client'], upload: UploadId) {
    this.#client = client
    this.#upload = upload
  }

  /** A new upload to `key`, where nothing is to be seen of it before it is complete. */
  static async begin({ client, bucket }: S3Location, key: string, lock: LockFields = {}): Promise<MultipartUpload> {
    const target = { Bucket: bucket, Key: key }
    const command = new CreateMultipartUploadCommand({ ...target, ContentType: 'application/octet-stream', ...lock })
    const { UploadId } = await client.send(command)
    if (UploadId === undefined) throw unavailable('began an upload that has no id')
    return new MultipartUpload(client, { ...target, UploadId })
  }

  /** @param partNumber - from 1 to `MAX_PARTS` */
  async sendPart(partNumber: number, bytes: Uint8Array): Promise<void> {
    const command = new UploadPartCommand({ ...this.#upload, PartNumber: partNumber, Body: bytes })
    const { ETag } = await this.#client.send(command)
    this.#parts.push({ ETag, PartNumber: partNumber })
  }

  /** A part that the server copies by itself: bytes `start` up to, not including, `end` of `source`. */
  async copyPart(partNumber: number, source: string, start: number, end: number): Promise<void> {
    const range = { CopySource: source, CopySourceRange: `bytes=${start}-${end - 1}` }
    const command = new UploadPartCopyCommand({ ...this.#upload, ...range, PartNumber: partNumber })
    const { CopyPartResult } = await this.#client.send(command)
    this.#parts.push({ ETag: CopyPartResult?.ETag, PartNumber: partNumber })
  }

  async complete(): Promise<void> {
    const Parts = this.#parts.toSorted((a, b) => a.PartNumber - b.PartNumber)
    await this.#client.send(new CompleteMultipartUploadCommand({ ...this.#upload, MultipartUpload: { Parts } }))
  }

  /** Takes away what was sent. Idempotent. */
  async abort(): Promise<void> {
    try {
      await this.#client.send(new AbortMultipartUploadCommand(this.#upload))
    } catch (error) {
      if (!(error instanceof NoSuchUpload)) throw error
    }
  }
}
