/** What is not where an AIBoM must have it: one kind of error. @module */

import { canonicalizeJson, describeValue, ParseError, utf8Decode } from '@aibomgen/core'

/** The error of a claim that is missing, unreadable, or contradicted in the same document. */
export function contradiction(path: string, expected: string, got: string): ParseError<'DOCUMENT_INVALID'> {
  return new ParseError('DOCUMENT_INVALID', `AIBoM: ${path}: expected ${expected}, got ${describeValue(got)}`, {
    document: 'AIBoM',
    problems: [{ path, expected, got: describeValue(got) }],
  })
}

/**
 * The only item of `items`.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function exactlyOne<T>(items: readonly T[], path: string): T {
  const [item, ...others] = items
  if (item === undefined || others.length > 0) throw contradiction(path, 'exactly one', String(items.length))
  return item
}

/**
 * Nothing, unless two places that must say the same do not. Members in any order.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function assertSame(actual: unknown, expected: unknown, path: string): void {
  if (spell(actual) === spell(expected)) return
  throw contradiction(path, `the same as elsewhere: ${spell(expected).slice(0, 200)}`, spell(actual))
}

function spell(value: unknown): string {
  return value === undefined ? 'nothing' : utf8Decode(canonicalizeJson(value))
}
