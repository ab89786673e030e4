/** Points in time: one format, UTC, whole seconds. @module */

import { ParseError } from './errors.ts'

/** A point in time as RFC 3339 in UTC with whole seconds: `2026-11-22T19:42:00Z`. Sorts as text. */
export type Timestamp = string & { readonly __brand: 'Timestamp' }

/** Tells the time. The only way a library of ours learns it. */
export interface Clock {
  now(): Timestamp
}

const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/**
 * The timestamp that `text` spells. Only real calendar dates in the one form pass: no leap second, no fraction, no offset.
 *
 * @throws ParseError `TIMESTAMP_INVALID`
 */
export function parseTimestamp(text: string): Timestamp {
  const milliseconds = FORM.test(text) ? Date.parse(text) : Number.NaN
  // Date.parse rolls 31 April over to 1 May: only what prints back the same was a real date.
  if (Number.isNaN(milliseconds) || formatSeconds(milliseconds) !== text) {
    throw new ParseError('TIMESTAMP_INVALID', `expected a UTC time like 2026-01-31T12:00:00Z, got ${quote(text)}`, {
      value: text,
    })
  }
  return text as Timestamp
}

/**
 * The whole second in which `date` lies.
 *
 * @throws ParseError `TIMESTAMP_INVALID` for an invalid date, and outside the years 0000 to 9999
 */
export function toTimestamp(date: Date): Timestamp {
  const milliseconds = date.getTime()
  return parseTimestamp(Number.isNaN(milliseconds) ? String(date) : formatSeconds(milliseconds))
}

/** Negative, zero or positive, as `a` is before, at or after `b`. */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The point in time `days` (24 hours each) after `time`; before it when negative.
 *
 * @throws ParseError `TIMESTAMP_INVALID` outside the years 0000 to 9999
 */
export function addDays(time: Timestamp, days: number): Timestamp {
  return toTimestamp(new Date(Date.parse(time) + days * 86_400_000))
}

function formatSeconds(milliseconds: number): string {
  return `${new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text)
}
