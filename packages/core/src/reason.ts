/** Why something is not known, as evidence may carry it: one bounded line, whoever wrote it. @module */

/** The longest reason in evidence, in UTF-16 code units. */
export const MAX_REASON_LENGTH = 300

// Blanks and line breaks of any kind, controls, and what turns the direction of text around.
const NOT_ON_ONE_LINE = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g

/**
 * A stranger's words on one line, in well-formed Unicode, cut at `MAX_REASON_LENGTH`. It changes nothing in what it
 * gave.
 */
export function toReason(words: string): string {
  const line = words.toWellFormed().replace(NOT_ON_ONE_LINE, ' ').trim() || 'no reason given'
  if (line.length <= MAX_REASON_LENGTH) return line
  // A character of two code units is not cut in half.
  const kept = line.slice(0, MAX_REASON_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')
  return `${kept}…`
}

/** Whether `value` is such a line. */
export function isReason(value: unknown): value is string {
  return typeof value === 'string' && toReason(value) === value
}
