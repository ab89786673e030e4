/** Arbitrary JSON values for properties. @module */

import type { JsonValue } from '@aibomgen/core'
import fc from 'fast-check'

/** JSON values whose numbers can be read and signed: none of them an integer beyond 2^53. */
export const jsonValues: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 5 })
  .filter((value) => !hasUnsafeInteger(value)) as fc.Arbitrary<JsonValue>

function hasUnsafeInteger(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeInteger)
}
