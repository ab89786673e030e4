/** Observations: a value, its certain absence, or the reason why nobody could tell. @module */

import * as z from 'zod'

/**
 * What looking gave. The three are different things, and none of them is zero or an empty list:
 * `absent` was looked for and is not there; `unavailable` could not be looked for, and `reason` says why.
 */
export type Observed<T> =
  | { readonly status: 'observed'; readonly value: T }
  | { readonly status: 'absent' }
  | { readonly status: 'unavailable'; readonly reason: string }

/** A value that was seen. */
export function observed<T>(value: T): Observed<T> {
  return { status: 'observed', value }
}

/** Looked for, and not there. */
export const ABSENT: Observed<never> = { status: 'absent' }

/** Could not be looked for. `reason` is for people, and names no host, user or absolute path. */
export function unavailable(reason: string): Observed<never> {
  return { status: 'unavailable', reason }
}

/** The schema of an observation of what `value` describes. */
export function observedSchema<T>(value: z.ZodType<T>): z.ZodType<Observed<T>> {
  return z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('observed'), value }),
    z.strictObject({ status: z.literal('absent') }),
    z.strictObject({ status: z.literal('unavailable'), reason: z.string().min(1) }),
  ])
}
