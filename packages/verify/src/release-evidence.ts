/** The evidence of a release, read whole and believed in nothing. @module */

import { ParseError, parseTimestamp, type Timestamp } from '@aibomgen/core'
import { parseBom } from '@aibomgen/bom'
import type { LinkFiles } from '@aibomgen/intoto'

import { MAX_DOCUMENT_BYTES, type ReleaseReader } from './release-reader.ts'

/** The links of a release by file name, as their bytes. */
export async function readLinks(release: ReleaseReader): Promise<LinkFiles> {
  const names = (await release.names()).filter((name) => /^[^/]+\.link$/.test(name))
  const files = await Promise.all(
    names.map(async (name) => [name, await release.read(name, MAX_DOCUMENT_BYTES)] as const),
  )
  return new Map(files.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes]])))
}

/**
 * When the AIBoM says it was made: the time at which keys must have counted. Undefined when it cannot be read, and then
 * the AIBoM's own checks say why. That the time was not moved is for the AIBoM's signature to say.
 */
export async function readClaimedTime(release: ReleaseReader): Promise<Timestamp | undefined> {
  const bytes = await release.read('aibom.json', MAX_DOCUMENT_BYTES)
  if (bytes === undefined) return undefined
  try {
    const { metadata } = parseBom(bytes)
    const isObject = typeof metadata === 'object' && metadata !== null && 'timestamp' in metadata
    return isObject && typeof metadata.timestamp === 'string' ? parseTimestamp(metadata.timestamp) : undefined
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
