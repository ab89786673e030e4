/** What every store does with bytes that come in: count, hash, refuse. @module */

import { ArtifactError, createSha256, type PutOptions, type StoredArtifact } from '@aibomgen/core'

/**
 * Hands all parts of `source` to `write`, one after the other, and gives their digest and size. A part is hashed while
 * it is being written; the next is asked for once both are done, so that no part has to be copied.
 *
 * @throws ArtifactError `ARTIFACT_TOO_LARGE` before a byte past `maxBytes` is written; `ARTIFACT_CORRUPT` when the
 * bytes are not what `expect` says; and whatever `source` and `write` throw
 */
export async function ingest(
  source: AsyncIterable<Uint8Array>,
  { maxBytes, expect }: PutOptions,
  write: (part: Uint8Array) => Promise<void>,
): Promise<StoredArtifact> {
  const hasher = createSha256()
  let sizeBytes = 0
  for await (const part of source) {
    sizeBytes += part.length
    // Not `>`: a limit that is no number lets nothing in.
    if (!(sizeBytes <= maxBytes)) {
      throw new ArtifactError('ARTIFACT_TOO_LARGE', `expected at most ${maxBytes} bytes, got more`, { maxBytes })
    }
    const written = write(part)
    hasher.update(part)
    await written
  }
  const sha256 = hasher.digestHex()
  if (expect !== undefined && sha256 !== expect) throw corrupt(expect, sha256)
  return { sha256, sizeBytes }
}

/** The error for bytes that are not what their digest says. */
export function corrupt(expected: string, actual: string): ArtifactError {
  const message = `artifact ${expected}: expected bytes of this digest, got ${actual}`
  return new ArtifactError('ARTIFACT_CORRUPT', message, { expected, actual })
}
