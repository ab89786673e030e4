/** Where a blob lies: `ab/cdef…`, so that no directory holds more than a 256th of them. @module */

import { join } from 'node:path'

import { parseSha256Hex, type Sha256Hex } from '@aibomgen/core'

/** What a directory of blobs is called: the first two digits of their digests. */
export const SHARD_NAME: RegExp = /^[0-9a-f]{2}$/

const BLOB_NAME = /^[0-9a-f]{62}$/

/** The path of a blob below `blobs`. */
export function pathOfBlob(blobs: string, digest: Sha256Hex): string {
  return join(blobs, digest.slice(0, 2), digest.slice(2))
}

/** The digest that a shard and a file name spell together; undefined for a file that is no blob. */
export function digestOfBlob(shard: string, name: string): Sha256Hex | undefined {
  return SHARD_NAME.test(shard) && BLOB_NAME.test(name) ? parseSha256Hex(shard + name) : undefined
}
