import { ParseError } from '@aibomgen/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseArtifactRule, serializeArtifactRule } from '../src/artifact-rule.ts'

describe('parseArtifactRule', () => {
  it.each([
    [['CREATE', 'a*']],
    [['DELETE', 'a*']],
    [['MODIFY', 'a*']],
    [['ALLOW', '']],
    [['DISALLOW', '*']],
    [['REQUIRE', 'a']],
    [['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', 'write']],
    [['MATCH', '*', 'IN', 'src', 'WITH', 'MATERIALS', 'FROM', 'write']],
    [['MATCH', '*', 'WITH', 'PRODUCTS', 'IN', 'dst', 'FROM', 'write']],
    [['MATCH', 'in', 'IN', 'with', 'WITH', 'PRODUCTS', 'IN', 'from', 'FROM', 'match']],
  ])('reads and writes %j', (words) => {
    expect(serializeArtifactRule(parseArtifactRule(words))).toEqual(words)
  })

  it('takes keywords in any case, and writes them in capitals', () => {
    const rule = parseArtifactRule(['match', 'A', 'in', 'S', 'With', 'products', 'In', 'D', 'from', 'Write'])
    expect(rule).toEqual({
      kind: 'match',
      pattern: 'A',
      sourcePrefix: 'S',
      destinationType: 'products',
      destinationPrefix: 'D',
      destinationStep: 'Write',
    })
    expect(serializeArtifactRule(rule)[0]).toBe('MATCH')
  })

  it.each([
    [[]],
    [['ALLOW']],
    [['ALLOW', 'a', 'b']],
    [['PERMIT', 'a']],
    [['toString', 'a']],
    [['MATCH', 'a']],
    [['MATCH', 'a', 'IN', 'WITH', 'PRODUCTS', 'FROM', 'b']],
    [['MATCH', 'a', 'WITH', 'THINGS', 'FROM', 'b']],
    [['MATCH', 'a', 'WITH', 'PRODUCTS', 'FROM', 'b', 'c']],
    [['MATCH', 'a', 'PRODUCTS', 'FROM', 'b']],
    [['ALLOW', 1]],
    ['ALLOW a'],
    [null],
  ])('refuses %j', (words) => {
    expect(() => parseArtifactRule(words)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it('throws nothing but ParseError, and what it takes it can write and read again', () => {
    const word = fc.constantFrom('MATCH', 'in', 'WITH', 'products', 'FROM', 'allow', 'x')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 11 }), (words) => {
        try {
          const rule = parseArtifactRule(words)
          expect(parseArtifactRule(serializeArtifactRule(rule))).toEqual(rule)
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError)
        }
      }),
    )
  })
})
