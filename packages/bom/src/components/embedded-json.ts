/** JSON documents inside an AIBoM, as text. @module */

import { canonicalizeJson, utf8Decode } from '@aibomgen/core'

/** The largest document that is embedded, in bytes. A larger one stands in its own file, whose digest the AIBoM names. */
export const MAX_EMBEDDED_BYTES: number = 256 * 1024

/** The canonical text of `value`. */
export function spellJson(value: unknown): string {
  return utf8Decode(canonicalizeJson(value))
}

/** The canonical text of `value`; where that is too large, a sentence that says so and names the file to look in. */
export function embedJson(value: unknown, file: string): { readonly text: string; readonly isWhole: boolean } {
  const bytes = canonicalizeJson(value)
  if (bytes.length <= MAX_EMBEDDED_BYTES) return { text: utf8Decode(bytes), isWhole: true }
  return { text: `not embedded: ${bytes.length} bytes, see ${file}`, isWhole: false }
}
