import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileGlob } from '../src/glob.ts'
import { readVectors } from './vectors.ts'

describe('compileGlob', () => {
  it('answers as fnmatch does on every vector', () => {
    const vectors = readVectors<{ pattern: string; name: string; match: boolean }>('fnmatch')
    expect(vectors).toHaveLength(5000)
    for (const { pattern, name, match } of vectors) {
      expect(compileGlob(pattern).matches(name), `${JSON.stringify(pattern)} on ${JSON.stringify(name)}`).toBe(match)
    }
  })

  it.each([
    ['star crosses slashes', 'a*', 'a/b/c', true],
    ['question mark crosses a slash', 'a?b', 'a/b', true],
    ['question mark is one code point', '?', '😀', true],
    ['question mark is not half a code point', '??', '😀', false],
    ['a question mark before the end counts code points', '*?x', '😀x', true],
    ['a backslash escapes nothing', '\\*', '\\anything', true],
    ['exclamation mark negates', '[!a]', 'b', true],
    ['caret does not negate', '[^a]', '^', true],
    ['a set never closed is a bracket', '[a', '[a', true],
    ['a bracket first in a set is a member', '[]a]', ']', true],
    ['a range that runs backwards is empty', '[z-a]', 'z', false],
    ['a negated empty range is any one', '[!z-a]', 'q', true],
    ['a range beyond the basic plane', '[😀-😂]', '😁', true],
    ['nothing is anchored to lines', 'a*', 'a\nb', true],
    ['the empty pattern matches the empty name', '', '', true],
    ['the empty pattern matches nothing else', '', 'a', false],
    ['one stretch is not used twice', 'ab*ba', 'aba', false],
    ['leftmost matches leave room for the rest', '*ab*ab', 'abab', true],
  ])('%s: %s on %s', (_reason, pattern, name, match) => {
    expect(compileGlob(pattern).matches(name)).toBe(match)
  })

  it('has a literal exactly where there is no wildcard', () => {
    expect(compileGlob('outputs/[metrics').literal).toBe('outputs/[metrics')
    expect(compileGlob('outputs/*').literal).toBeUndefined()
    expect(compileGlob('[a]').literal).toBeUndefined()
  })

  it('takes no exponential time for many stars', () => {
    const glob = compileGlob(`${'a*'.repeat(40)}b`)
    expect(glob.matches('a'.repeat(20_000))).toBe(false)
    expect(compileGlob(`${'[a]*'.repeat(40)}b`).matches('a'.repeat(20_000))).toBe(false)
  })

  it('agrees with a plain recursive matcher on stars and question marks', () => {
    const slow = (pattern: string[], name: string[]): boolean => {
      const [head, ...rest] = pattern
      if (head === undefined) return name.length === 0
      if (head === '*') return slow(rest, name) || (name.length > 0 && slow(pattern, name.slice(1)))
      return name.length > 0 && (head === '?' || head === name[0]) && slow(rest, name.slice(1))
    }
    const unit = fc.constantFrom('a', 'b', '😀')
    const patterns = fc.array(fc.oneof(unit, fc.constantFrom('*', '?')), { maxLength: 8 })
    fc.assert(
      fc.property(patterns, fc.array(unit, { maxLength: 8 }), (pattern, name) => {
        expect(compileGlob(pattern.join('')).matches(name.join(''))).toBe(slow(pattern, name))
      }),
      { numRuns: 2000 },
    )
  })
})
