/** Length of a string as JSON Schema counts it. @module */

/** How many code points `text` has: what `minLength` and `maxLength` count. */
export function countCodePoints(text: string): number {
  return Array.from(text).length
}
