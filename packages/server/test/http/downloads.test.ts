/** Ranges of RFC 9110, and names that browsers are given. @module */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseRange } from '../../src/http/downloads.ts'

describe('a Range header', () => {
  it.each([
    ['the first bytes', 'bytes=0-4', { start: 0, end: 5 }],
    ['bytes from one on', 'bytes=7-', { start: 7, end: 10 }],
    ['the last bytes', 'bytes=-3', { start: 7, end: 10 }],
    ['more last bytes than there are', 'bytes=-30', { start: 0, end: 10 }],
    ['an end beyond the end', 'bytes=2-99', { start: 2, end: 10 }],
    ['the last byte', 'bytes=9-9', { start: 9, end: 10 }],
    ['nothing', undefined, undefined],
    ['another unit', 'rows=1-2', undefined],
    ['several ranges', 'bytes=0-1,3-4', undefined],
    ['an end before its start', 'bytes=5-2', undefined],
    ['no numbers', 'bytes=-', undefined],
    ['nonsense', 'bytes=a-b', undefined],
  ])('asks for %s', (_what, header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected)
  })

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s has no byte in it', (header) => {
    expect(() => parseRange(header, 10)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' }))
  })

  it('gives a range within the artifact, all of it, or is refused', () => {
    const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=\d{0,17}-\d{0,17}$/))
    fc.assert(
      fc.property(header, fc.nat(), (text, sizeBytes) => {
        try {
          const { start, end } = parseRange(text, sizeBytes) ?? { start: 0, end: Math.max(1, sizeBytes) }
          expect(start >= 0 && start < end && end <= Math.max(1, sizeBytes)).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'RANGE_INVALID' })
        }
      }),
    )
  })
})
