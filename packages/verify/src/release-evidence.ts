/** The evidence of a release, read whole and believed in nothing. @module */

import { assertWithin, ParseError, parseTimestamp, VerificationError, type Timestamp } from '@aibomgen/core'
import { parseBom } from '@aibomgen/bom'
import type { LinkFiles } from '@aibomgen/intoto'

import { MAX_DOCUMENT_BYTES, type ReleaseReader } from './release-reader.ts'

/**
 * The links of a release by file name, as their bytes; all together no larger than one document may be.
 *
 * @throws ParseError `LIMIT_EXCEEDED`; VerificationError `RELEASE_FILE_INVALID`
 */
export async function readLinks(release: ReleaseReader): Promise<LinkFiles> {
  const files = new Map<string, Uint8Array>()
  let sizeBytes = 0
  for (const name of (await release.names()).filter((name) => /^[^/]+\.link$/.test(name))) {
    const bytes = await release.read(name, MAX_DOCUMENT_BYTES)
    if (bytes === undefined) continue
    sizeBytes += bytes.length
    assertWithin(sizeBytes, MAX_DOCUMENT_BYTES, 'bytes of links')
    files.set(name, bytes)
  }
  return files
}

/**
 * When the AIBoM says it was made: the time at which keys must have counted. Undefined when it cannot be read, and then
 * the AIBoM's own checks say why. That the time was not moved is for the AIBoM's signature to say.
 */
export async function readClaimedTime(release: ReleaseReader): Promise<Timestamp | undefined> {
  try {
    const bytes = await release.read('aibom.json', MAX_DOCUMENT_BYTES)
    if (bytes === undefined) return undefined
    const { metadata } = parseBom(bytes)
    const isObject = typeof metadata === 'object' && metadata !== null && 'timestamp' in metadata
    return isObject && typeof metadata.timestamp === 'string' ? parseTimestamp(metadata.timestamp) : undefined
  } catch (error) {
    if (error instanceof ParseError || error instanceof VerificationError) return undefined
    throw error
  }
}
