/** The port through which a release is read, wherever it lies. @module */

import { VerificationError, type BytesIdentity } from '@aibomgen/core'

/** A release as a verifier finds it: files by name (`outputs/metrics.json`). Nothing in it is believed. */
export interface ReleaseReader {
  /** The names of all files that are there, sorted by code unit. */
  names(): Promise<readonly string[]>
  /**
   * A whole file; undefined when it is not there.
   *
   * @throws ParseError `LIMIT_EXCEEDED` when it is larger than `maxBytes`
   */
  read(name: string, maxBytes: number): Promise<Uint8Array | undefined>
  /** Digest and size of a file of any size; undefined when it is not there. */
  identify(name: string): Promise<BytesIdentity | undefined>
}

/** The largest document of a release that is read whole: links and AIBoMs are far smaller. */
export const MAX_DOCUMENT_BYTES: number = 64 * 1024 * 1024

/**
 * A whole file that has to be there.
 *
 * @throws VerificationError `RELEASE_FILE_MISSING`; ParseError `LIMIT_EXCEEDED`
 */
export async function readRequired(release: ReleaseReader, name: string): Promise<Uint8Array> {
  const bytes = await release.read(name, MAX_DOCUMENT_BYTES)
  if (bytes === undefined) {
    throw new VerificationError('RELEASE_FILE_MISSING', `release: expected ${name}, got no such file`, { name })
  }
  return bytes
}
