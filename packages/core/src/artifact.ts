/** Artifacts: named bytes. @module */

import type { BytesIdentity } from './digest.ts'
import { ParseError } from './errors.ts'

/** Named bytes, known by their digest. */
export interface ArtifactDescriptor extends BytesIdentity {
  readonly name: string
}

/**
 * The artifact name that `text` is: segments parted by single slashes, none of them empty, `.` or `..`, no backslash,
 * no control character. Other spellings of one path could dodge a DISALLOW rule.
 *
 * @throws ParseError `ENCODING_INVALID`
 */
export function parseArtifactName(text: string): string {
  const isPlain = text.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  if (!isPlain || /[\\\u0000-\u001f\u007f]/.test(text)) {
    throw new ParseError(
      'ENCODING_INVALID',
      `expected an artifact name like outputs/metrics.json, got ${JSON.stringify(text)}`,
      {
        encoding: 'artifact name',
      },
    )
  }
  return text
}
