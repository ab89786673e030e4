/** Where two values differ. @module */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { listDifferences } from '../src/list-differences.ts'

describe('listDifferences', () => {
  it('finds none between a value and its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(listDifferences(value, structuredClone(value))).toEqual([])
      }),
    )
  })

  it.each<[string, unknown, unknown, string[]]>([
    ['a changed leaf', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    ['a missing member', { a: 1, b: 2 }, { a: 1 }, ['b']],
    ['a member besides', { a: 1 }, { a: 1, b: undefined, c: 0 }, ['c']],
    ['0 for nothing', { a: undefined }, { a: 0 }, ['a']],
    ['a number as text', { a: 1 }, { a: '1' }, ['a']],
    ['another order', ['x', 'y'], ['y', 'x'], ['0', '1']],
    ['a list for an object', { a: [] }, { a: {} }, ['a']],
    [
      'a name of Object.prototype',
      {},
      Object.fromEntries([
        ['__proto__', 1],
        ['constructor', 1],
      ]),
      ['__proto__', 'constructor'],
    ],
  ])('%s', (_what, expected, actual, paths) => {
    expect(listDifferences(expected, actual).map(({ path }) => path)).toEqual(paths)
  })
})
