/** The last line about something that nobody expected, and that may be no error at all. @module */

import { describe, expect, it } from 'vitest'

import { describeThrown } from '../src/describe-thrown.ts'

class ExitStatus {
  readonly name = 'ExitStatus'
  readonly message = 'Program terminated with exit(1)'
  readonly status = 1
}

describe('what was thrown', () => {
  it.each<readonly [name: string, thrown: unknown, shown: string]>([
    ['an error', new TypeError('no such thing'), 'TypeError: no such thing'],
    ['an error without a message', new RangeError(''), 'RangeError without a message'],
    ['what looks like an error', new ExitStatus(), 'ExitStatus: Program terminated with exit(1)'],
    ['an object with a code and a message', { code: 'XX000', message: 'gone' }, 'XX000: gone'],
    [
      'errors together',
      new AggregateError([new Error('one'), { message: 'two' }], ''),
      'AggregateError: Error: one; two',
    ],
    ['an object of any kind', { errno: 44, path: { name: 'x' } }, "thrown: { errno: 44, path: { name: 'x' } }"],
    ['an object without a prototype', Object.create(null), 'thrown: [Object: null prototype] {}'],
    ['a text', 'out of order', 'out of order'],
    ['an empty text', '', "thrown: ''"],
    ['nothing', undefined, 'thrown: undefined'],
    ['null', null, 'thrown: null'],
    ['a number', 7, 'thrown: 7'],
    ['a symbol', Symbol('x'), 'thrown: Symbol(x)'],
  ])('is told of %s', (_name, thrown, shown) => {
    expect(describeThrown(thrown)).toBe(shown)
  })

  it('is cut where it is long', () => {
    expect(describeThrown({ message: 'x'.repeat(10_000) })).toHaveLength(501)
  })
})
