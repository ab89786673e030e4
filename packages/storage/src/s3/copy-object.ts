/** Copies that the server makes by itself. @module */

import { CopyObjectCommand } from '@aws-sdk/client-s3'

import { MultipartUpload } from './multipart-upload.ts'
import type { LockFields } from './object-lock.ts'
import type { S3Location } from './s3-location.ts'

/** An object of `sizeBytes` bytes, and where it goes. */
export interface ObjectCopy {
  readonly from: string
  readonly to: string
  readonly sizeBytes: number
}

/** Copies one object, in parts where it is larger than `copyBytes`. Whoever reads the copy has to check it. */
export async function copyObject(
  location: S3Location,
  { from, to, sizeBytes }: ObjectCopy,
  { copyBytes }: { readonly copyBytes: number },
  lock: LockFields,
): Promise<void> {
  const source = [location.bucket, ...from.split('/')].map(encodeURIComponent).join('/')
  if (sizeBytes <= copyBytes) {
    const command = new CopyObjectCommand({ Bucket: location.bucket, Key: to, CopySource: source, ...lock })
    await location.client.send(command)
    return
  }
  const upload = await MultipartUpload.begin(location, to, lock)
  try {
    for (let start = 0, part = 1; start < sizeBytes; start += copyBytes, part++) {
      await upload.copyPart(part, source, start, Math.min(start + copyBytes, sizeBytes))
    }
    await upload.complete()
  } catch (error) {
    // What cannot be taken away now, a sweep will: the first error is the one to know of.
    await upload.abort().catch(() => undefined)
    throw error
  }
}
