/** Presigned links to the artifacts that an `S3ArtifactStore` keeps. @module */

import { GetObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

import type { Sha256Hex } from '@aibomgen/core'

import type { ArtifactLinker, LinkOptions } from './artifact-linker.ts'
import { onServer } from './on-server.ts'
import { assertLocation, blobKey, type S3Location } from './s3-location.ts'

const MAX_SECONDS = 7 * 24 * 60 * 60

/** Links by the client's own endpoint: give a client with the public one where the store's is inside a network. */
export class S3ArtifactLinker implements ArtifactLinker {
  readonly #location: S3Location

  /** @throws TypeError for a prefix that is none */
  constructor(location: S3Location) {
    assertLocation(location)
    this.#location = location
  }

  async presign(digest: Sha256Hex, { filename, expiresInSeconds }: LinkOptions): Promise<URL> {
    if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > MAX_SECONDS) {
      throw new TypeError(`expiresInSeconds: expected 1 to ${MAX_SECONDS}, got ${expiresInSeconds}`)
    }
    const command = new GetObjectCommand({
      Bucket: this.#location.bucket,
      Key: blobKey(this.#location, digest),
      // Whatever was uploaded, a browser saves it and never shows it.
      ResponseContentType: 'application/octet-stream',
      ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeExtended(filename)}`,
    })
    const { client } = this.#location
    return new URL(await onServer(() => getSignedUrl(client, command, { expiresIn: expiresInSeconds })))
  }
}

/** RFC 8187, section 3.2.1: every byte of UTF-8 but those of `attr-char` as `%XX`. */
function encodeExtended(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed())
  return encoded.replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
