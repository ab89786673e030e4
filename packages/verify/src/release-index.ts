/** `release.json`: the index of a release. For finding files; never evidence. @module */

import {
  canonicalizeJson,
  parseArtifactName,
  parseJson,
  parseWith,
  RELEASE_INDEX_NAME,
  RELEASE_INDEX_TYPE,
  sha256HexSchema,
  utf8Encode,
  type ArtifactDescriptor,
} from '@aibomgen/core'
import * as z from 'zod'

/** All files of a release but the index itself, sorted by name. */
export interface ReleaseIndex {
  readonly jobId: string
  readonly files: readonly ArtifactDescriptor[]
}

const MAX_BYTES = 4 * 1024 * 1024

const indexSchema = z.strictObject({
  _type: z.literal(RELEASE_INDEX_TYPE),
  jobId: z.uuid(),
  files: z
    .array(
      z.strictObject({
        name: z.string().transform((name) => parseArtifactName(name)),
        sha256: sha256HexSchema,
        sizeBytes: z.int().min(0),
      }),
    )
    .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'every file once'),
})

/**
 * The index that `bytes` (at most 4 MiB) spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`, `ENCODING_INVALID`
 */
export function parseReleaseIndex(bytes: Uint8Array): ReleaseIndex {
  const value = parseJson(bytes, { maxBytes: MAX_BYTES, document: RELEASE_INDEX_NAME })
  const { jobId, files } = parseWith(indexSchema, value, RELEASE_INDEX_NAME)
  return { jobId, files }
}

/** The index's bytes: files sorted by name, canonical JSON and a line feed. */
export function serializeReleaseIndex({ jobId, files }: ReleaseIndex): Uint8Array {
  const sorted = files
    .map(({ name, sha256, sizeBytes }) => ({ name, sha256, sizeBytes }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const canonical = canonicalizeJson({ _type: RELEASE_INDEX_TYPE, jobId, files: sorted })
  return utf8Encode(`${JSON.stringify(parseJson(canonical, { maxBytes: canonical.length }), null, 2)}\n`)
}
