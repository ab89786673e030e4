/** The bytes of an AIBoM. @module */

import { utf8Encode, type JsonObject } from '@aibomgen/core'

/**
 * `bom` as two-space indented JSON with a line feed at its end. Members stay in the order they have: `buildAibom` puts
 * them in the schema's, and a signature goes last.
 */
export function serializeAibom(bom: JsonObject): Uint8Array {
  return utf8Encode(`${JSON.stringify(bom, null, 2)}\n`)
}
