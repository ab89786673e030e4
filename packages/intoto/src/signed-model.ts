/** What links and layouts have in common as documents. @module */

import type { ExactJsonObject } from '@aibomgen/core'
import * as z from 'zod'

/** How a link or layout is read. */
export interface ModelOptions {
  /** `refuse` (default) for Metablock, which signs the model. `ignore` for DSSE, which signs the bytes as they are. */
  readonly unknownMembers?: 'refuse' | 'ignore'
  /** What the document is called in messages. */
  readonly document?: string
}

/** Whether `value` is an object as `parseJson` makes them. */
export function isPlainObject(value: unknown): value is ExactJsonObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Schema of an object with members of any name, passed on as it is. */
export const openObject: z.ZodType<ExactJsonObject, unknown> = z.custom<ExactJsonObject>(isPlainObject, 'an object')
