import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isReason, MAX_REASON_LENGTH, toReason } from '../src/index.ts'

describe('a reason', () => {
  it.each([
    ['one line as it is', 'there is no trivy on the PATH', 'there is no trivy on the PATH'],
    ['line breaks and tabs', ' first\r\nsecond\tthird\u2028fourth ', 'first second third fourth'],
    ['an escape sequence', 'red \u001b[31mtext', 'red [31mtext'],
    ['text that is turned around', 'safe\u202eexe.txt', 'safe exe.txt'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['nothing', ' \n ', 'no reason given'],
  ])('keeps %s', (_what, words, expected) => {
    expect(toReason(words)).toBe(expected)
  })

  it('is cut between characters, never within one', () => {
    const cut = toReason(`${'x'.repeat(MAX_REASON_LENGTH - 2)}😀😀`)
    expect(cut).toBe(`${'x'.repeat(MAX_REASON_LENGTH - 2)}…`)
    expect(toReason('x'.repeat(MAX_REASON_LENGTH))).toHaveLength(MAX_REASON_LENGTH)
  })

  it('is one whatever it was made of, and is not made again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2 * MAX_REASON_LENGTH }), (words) => {
        const reason = toReason(words)
        expect(isReason(reason)).toBe(true)
        expect(reason.length).toBeLessThanOrEqual(MAX_REASON_LENGTH)
        expect(reason.isWellFormed()).toBe(true)
        expect(reason).not.toMatch(/[\r\n]/)
      }),
      { numRuns: 50 },
    )
  })

  it.each([['', 1, null, undefined, {}, 'two\nlines', 'x'.repeat(MAX_REASON_LENGTH + 1)]].flat())(
    'is not %j',
    (value) => {
      expect(isReason(value)).toBe(false)
    },
  )
})
