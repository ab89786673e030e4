/** Timestamps: one form, real dates only. @module */

import { addDays, compareTimestamps, parseTimestamp, toTimestamp } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('parseTimestamp', () => {
  it.each([
    ['an ordinary time', '2026-11-22T19:42:00Z'],
    ['a leap day', '2028-02-29T00:00:00Z'],
    ['a leap day of a year that 400 divides', '2000-02-29T12:00:00Z'],
    ['the last second of a year', '2026-12-31T23:59:59Z'],
    ['the first year', '0000-01-01T00:00:00Z'],
    ['the last year', '9999-12-31T23:59:59Z'],
    ['a time before 1970', '1969-07-20T20:17:40Z'],
  ])('takes %s', (_, text) => {
    expect(parseTimestamp(text)).toBe(text)
  })

  it.each([
    ['nothing', ''],
    ['31 April', '2026-04-31T00:00:00Z'],
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['29 February of 1900', '1900-02-29T00:00:00Z'],
    ['month 0', '2026-00-10T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['day 0', '2026-01-00T00:00:00Z'],
    ['hour 24', '2026-01-01T24:00:00Z'],
    ['minute 60', '2026-01-01T00:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a fraction', '2026-01-01T00:00:00.000Z'],
    ['an offset', '2026-01-01T00:00:00+00:00'],
    ['no zone', '2026-01-01T00:00:00'],
    ['lower case', '2026-01-01t00:00:00z'],
    ['a space for the T', '2026-01-01 00:00:00Z'],
    ['a date alone', '2026-01-01'],
    ['year 10000', '10000-01-01T00:00:00Z'],
    ['an expanded year', '+010000-01-01T00:00:00Z'],
    ['a year before the first', '-000001-01-01T00:00:00Z'],
    ['a line feed behind', '2026-01-01T00:00:00Z\n'],
    ['digits of another script', '２０２６-01-01T00:00:00Z'],
    ['words', 'tomorrow'],
  ])('refuses %s', (_, text) => {
    expect(() => parseTimestamp(text)).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID', detail: { value: text } }),
    )
  })
})

const dates = fc.date({
  min: new Date('0000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
})

describe('toTimestamp', () => {
  it.each([
    ['cuts off milliseconds', '2026-01-01T00:00:00.999Z', '2026-01-01T00:00:00Z'],
    ['goes back before 1970 too', '1969-12-31T23:59:59.001Z', '1969-12-31T23:59:59Z'],
  ])('%s', (_, date, expected) => {
    expect(toTimestamp(new Date(date))).toBe(expected)
  })

  it.each([
    ['no date', new Date(Number.NaN)],
    ['a date past the last year', new Date('+010000-01-01T00:00:00Z')],
  ])('refuses %s', (_, date) => {
    expect(() => toTimestamp(date)).toThrow(expect.objectContaining({ code: 'TIMESTAMP_INVALID' }))
  })

  it('gives what parseTimestamp takes, in the order of the dates', () => {
    const property = fc.property(dates, dates, (a, b) => {
      const [first, second] = [toTimestamp(a), toTimestamp(b)]
      expect(parseTimestamp(first)).toBe(first)
      const seconds = (date: Date): number => Math.floor(date.getTime() / 1000)
      expect(compareTimestamps(first, second)).toBe(Math.sign(seconds(a) - seconds(b)))
    })
    fc.assert(property)
  })
})

describe('addDays', () => {
  it.each([
    ['2026-01-31T12:00:00Z', 1, '2026-02-01T12:00:00Z'],
    ['2027-03-01T00:00:00Z', 365, '2028-02-29T00:00:00Z'],
    ['2026-01-01T00:00:00Z', -1, '2025-12-31T00:00:00Z'],
    ['2026-01-01T00:00:00Z', 0, '2026-01-01T00:00:00Z'],
  ])('%s and %i days are %s', (time, days, expected) => {
    expect(addDays(parseTimestamp(time), days)).toBe(expected)
  })

  it('refuses to leave the years that can be written', () => {
    expect(() => addDays(parseTimestamp('9999-12-31T00:00:00Z'), 1)).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    )
  })
})
