import { describe, expect, it } from 'vitest'

import { isNormalPath, sameArtifacts, sameDigests } from '../src/artifact-map.ts'

describe('isNormalPath', () => {
  it.each([
    'a',
    'a/b.c',
    '.env',
    'a/.hidden',
    'a/..b',
    '...',
    '../x',
    '../../x/y',
    '/etc/passwd',
    'a\\b',
    '',
    'C:',
    '__proto__',
  ])('takes %j', (path) => expect(isNormalPath(path)).toBe(true))
  it.each([
    '.',
    '..',
    '../..',
    './a',
    'a/.',
    'a/..',
    'a/./b',
    'a/../b',
    '../a/../b',
    'a//b',
    '//a',
    'a/',
    '/',
    '/.',
    '/..',
    '/../a/..',
  ])('refuses %j', (path) => expect(isNormalPath(path)).toBe(false))
})

describe('sameDigests and sameArtifacts', () => {
  it.each([
    ['the same', { sha256: 'aa' }, { sha256: 'aa' }, true],
    ['another order', { sha256: 'aa', sha512: 'bb' }, { sha512: 'bb', sha256: 'aa' }, true],
    ['another digest', { sha256: 'aa' }, { sha256: 'ab' }, false],
    ['another algorithm', { sha256: 'aa' }, { sha512: 'aa' }, false],
    ['a subset', { sha256: 'aa' }, { sha256: 'aa', sha512: 'bb' }, false],
    ['a name of Object.prototype', { toString: 'aa' }, { sha256: 'aa' }, false],
    ['other capitals', { sha256: 'AA' }, { sha256: 'aa' }, false],
  ])('compare %s', (_reason, a, b, same) => {
    const first = a as Record<string, string>
    const second = b as Record<string, string>
    expect(sameDigests(first, second)).toBe(same)
    expect(sameDigests(second, first)).toBe(same)
    expect(sameArtifacts(new Map([['x', first]]), new Map([['x', second]]))).toBe(same)
    expect(sameArtifacts(new Map([['x', first]]), new Map([['y', first]]))).toBe(false)
    expect(sameArtifacts(new Map([['x', first]]), new Map())).toBe(false)
  })
})
