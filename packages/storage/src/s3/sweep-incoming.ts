/** What crashed writers left on its way in: objects under `incoming/`, and uploads that nobody completes. @module */

import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type MultipartUpload,
} from '@aws-sdk/client-s3'

import type { Timestamp } from '@aibomgen/core'

import { blobPrefix, incomingPrefix, type S3Location } from './s3-location.ts'

/** Removes what was begun before `before`, by the server's clock. Gives how many objects and uploads that were. */
export async function sweepIncoming(location: S3Location, before: Timestamp): Promise<number> {
  const { client, bucket } = location
  const isOld = (date: Date | undefined): boolean => date !== undefined && date < new Date(before)
  let swept = 0
  // Copies go straight to where blobs lie.
  for (const prefix of [incomingPrefix(location), blobPrefix(location)]) {
    for await (const { Key, UploadId, Initiated } of listUploads(location, prefix)) {
      if (!isOld(Initiated)) continue
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }))
      swept++
    }
  }
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: incomingPrefix(location) })) {
    for (const { Key, LastModified } of page.Contents ?? []) {
      if (!isOld(LastModified)) continue
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
      swept++
    }
  }
  return swept
}

async function* listUploads({ client, bucket }: S3Location, prefix: string): AsyncGenerator<MultipartUpload> {
  let marker: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {}
  while (marker !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      ...marker,
    })
    const page = await client.send(command)
    yield* page.Uploads ?? []
    marker =
      page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } : undefined
  }
}
