/** Bytes and their spellings: one spelling per value, and every value has one. @module */

import {
  assertWithin,
  bytesEqual,
  collectBytes,
  concatBytes,
  fromBase64,
  fromHex,
  toBase64,
  toBase64Url,
  toHex,
  utf8Decode,
  utf8Encode,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const anyBytes = fc.uint8Array({ maxLength: 300 })
const invalid = (encoding: string): unknown =>
  expect.objectContaining({ code: 'ENCODING_INVALID', detail: { encoding } })

describe('base64', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of %j is %j, as RFC 4648 section 10 lists it', (text, base64) => {
    expect(toBase64(utf8Encode(text))).toBe(base64)
    expect(fromBase64(base64)).toEqual(utf8Encode(text))
  })

  it('is read in both alphabets, padded or not', () => {
    const bytes = Uint8Array.of(0xfb, 0xff, 0xfe, 0xff)
    for (const text of ['+//+/w==', '+//+/w', '-__-_w==', '-__-_w']) expect(fromBase64(text)).toEqual(bytes)
  })

  it.each([
    ['bits left over that are not zero', 'Zh=='],
    ['bits left over that are not zero, without padding', 'Zm9'.slice(0, 2) + '9'],
    ['one character too many', 'Zm9vY'],
    ['half a padding', 'Zg='],
    ['too much padding', 'Zm8=='],
    ['padding where none is due', 'Zm9v=='],
    ['three padding characters', 'Zg==='],
    ['padding alone', '='],
    ['padding in the middle', 'Zg==Zg=='],
    ['both alphabets at once', '+_A='],
    ['white space', 'Zm9v\n'],
    ['a space inside', 'Zm 9v'],
    ['a letter of no alphabet', 'Zm9*'],
    ['a letter beyond ASCII', 'Zm9é'],
  ])('refuses %s', (_, text) => {
    expect(() => fromBase64(text)).toThrow(invalid('base64'))
  })

  it('gives every bytes back', () => {
    const property = fc.property(anyBytes, (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
      expect(fromBase64(toBase64Url(bytes))).toEqual(bytes)
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    })
    fc.assert(property)
  })

  it('has one spelling per value: what is read is written the same way', () => {
    const property = fc.property(
      fc.base64String(),
      fc.nat(),
      fc.constantFrom('A', '/', '=', '-', '\n'),
      (text, at, other) => {
        const mutated = text.slice(0, at % (text.length + 1)) + other + text.slice((at % (text.length + 1)) + 1)
        let bytes: Uint8Array
        try {
          bytes = fromBase64(mutated)
        } catch (error) {
          expect(error).toEqual(invalid('base64'))
          return
        }
        expect([
          toBase64(bytes),
          toBase64(bytes).replaceAll('=', ''),
          toBase64Url(bytes),
          padded(toBase64Url(bytes)),
        ]).toContain(mutated)
      },
    )
    fc.assert(property, { numRuns: 1000 })
  })

  it('takes megabytes', () => {
    const bytes = new Uint8Array(3_000_000).fill(0xa5)
    expect(fromBase64(toBase64(bytes))).toEqual(bytes)
  })
})

function padded(base64Url: string): string {
  return base64Url.padEnd(Math.ceil(base64Url.length / 4) * 4, '=')
}

describe('hex', () => {
  it('gives every bytes back, in either case', () => {
    const property = fc.property(anyBytes, (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      expect(fromHex(toHex(bytes))).toEqual(bytes)
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes)
    })
    fc.assert(property)
  })

  it.each([
    ['an odd number of digits', 'abc'],
    ['a letter that is no digit', 'ag'],
    ['a prefix', '0xab'],
    ['white space', 'ab cd'],
    ['a trailing line feed', 'abcd\n'],
    ['a sign', '+1'],
    ['digits of another script', '１２'],
  ])('refuses %s', (_, text) => {
    expect(() => fromHex(text)).toThrow(invalid('hex'))
  })
})

describe('UTF-8', () => {
  it('gives every well-formed text back', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Decode(utf8Encode(text))).toBe(text)
    })
    fc.assert(property)
  })

  it('keeps a byte order mark for the caller to refuse', () => {
    expect(utf8Decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
  })

  it.each([
    ['a stray continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point past the last', [0xf4, 0x90, 0x80, 0x80]],
    ['a sequence cut short', [0xe2, 0x82]],
  ])('refuses %s', (_, bytes) => {
    expect(() => utf8Decode(Uint8Array.from(bytes))).toThrow(invalid('utf-8'))
  })
})

describe('bytes', () => {
  it('are put together in an array of their own', () => {
    const part = Uint8Array.of(1, 2)
    const whole = concatBytes(part, new Uint8Array(), Uint8Array.of(3))
    part[0] = 9
    expect(whole).toEqual(Uint8Array.of(1, 2, 3))
    expect(concatBytes()).toEqual(new Uint8Array())
  })

  it.each([
    ['the same', [1, 2], [1, 2], true],
    ['both empty', [], [], true],
    ['different in the last', [1, 2], [1, 3], false],
    ['one longer', [1, 2], [1, 2, 0], false],
  ])('that are %s are equal or not', (_, a, b, equal) => {
    expect(bytesEqual(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal)
  })

  it('are collected also from a source that uses its memory again', async () => {
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const part = new Uint8Array(1)
      for (const value of [1, 2, 3]) {
        part[0] = value
        yield part
      }
    }
    expect(await collectBytes(reusing(), 3)).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('are collected up to the limit, and not asked for beyond it', async () => {
    let asked = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        asked++
        yield new Uint8Array(10)
      }
    }
    await expect(collectBytes(endless(), 25)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      detail: { limit: 25, actual: 30 },
    })
    expect(asked).toBe(3)
  })

  it('are within a limit when there are as many as it says', () => {
    expect(() => assertWithin(3, 3, 'bytes')).not.toThrow()
    expect(() => assertWithin(4, 3, 'bytes')).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', detail: { what: 'bytes', limit: 3, actual: 4 } }),
    )
  })
})
