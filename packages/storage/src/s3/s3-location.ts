/** Where artifacts lie on an S3 server: whole ones as `blobs/ab/cdef…`, those on their way in under `incoming/`. @module */

import type { S3Client } from '@aws-sdk/client-s3'

import { parseSha256Hex, type Sha256Hex } from '@aibomgen/core'

/** A bucket, or the part of it below a prefix, and the client that reaches it. */
export interface S3Location {
  readonly client: S3Client
  readonly bucket: string
  /** Empty for the whole bucket; else it ends in `/`: `artifacts/`. */
  readonly prefix: string
}

const PREFIX = /^([^/]+\/)*$/
const BLOB = /^([0-9a-f]{2})\/([0-9a-f]{62})$/

/**
 * Nothing, when the location can be one.
 *
 * @throws TypeError for a prefix that is neither empty nor ends in `/`
 */
export function assertLocation({ prefix }: S3Location): void {
  if (!PREFIX.test(prefix)) throw new TypeError(`S3 prefix: expected none or one like 'artifacts/', got '${prefix}'`)
}

/** What the keys of all whole artifacts begin with. */
export function blobPrefix({ prefix }: S3Location): string {
  return `${prefix}blobs/`
}

/** What the keys of all artifacts on their way in begin with. */
export function incomingPrefix({ prefix }: S3Location): string {
  return `${prefix}incoming/`
}

/** The key of a whole artifact. */
export function blobKey(location: S3Location, digest: Sha256Hex): string {
  return `${blobPrefix(location)}${digest.slice(0, 2)}/${digest.slice(2)}`
}

/** The digest that a key below `blobPrefix` spells; undefined for an object that is no artifact. */
export function digestOfKey(location: S3Location, key: string): Sha256Hex | undefined {
  const [, shard, name] = BLOB.exec(key.slice(blobPrefix(location).length)) ?? []
  return shard === undefined || name === undefined ? undefined : parseSha256Hex(shard + name)
}
