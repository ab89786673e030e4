/** Length of a string as JSON Schema counts it. @module */

/** How many code points `text` has: what `minLength` and `maxLength` count. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
