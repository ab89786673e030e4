import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isSpdxExpression } from '../src/cyclonedx/spdx-expression.ts'
import { chooseLicense } from '../src/license.ts'

describe('chooseLicense', () => {
  it.each<[text: string, choice: object | undefined]>([
    ['MIT', { id: 'MIT' }],
    ['apache-2.0', { id: 'Apache-2.0' }],
    [' MIT ', { id: 'MIT' }],
    ['MIT OR Apache-2.0', { expression: 'MIT OR Apache-2.0' }],
    ['GPL-2.0-or-later WITH Classpath-exception-2.0', { expression: 'GPL-2.0-or-later WITH Classpath-exception-2.0' }],
    ['LicenseRef-Ours', { expression: 'LicenseRef-Ours' }],
    ['Apache License 2.0', { name: 'Apache License 2.0' }],
    ['constructor', { name: 'constructor' }],
    ['__proto__', { name: '__proto__' }],
    ['MIT OR', { name: 'MIT OR' }],
    ['', undefined],
    ['  ', undefined],
  ])('%j: %j', (text, choice) => {
    expect(chooseLicense(text)).toEqual(choice)
  })
})

describe('isSpdxExpression', () => {
  it.each<[valid: boolean, text: string]>([
    [true, 'MIT AND (ISC OR BSD-3-Clause)'],
    [true, '((MIT))'],
    [true, 'DocumentRef-spdx:LicenseRef-x OR Apache-2.0+'],
    [false, ''],
    [false, '()'],
    [false, 'MIT ISC'],
    [false, 'MIT and ISC'],
    [false, '(MIT'],
    [false, 'MIT)'],
    [false, 'MIT WITH'],
    [false, 'MIT, ISC'],
    [false, 'Unheard-Of-1.0'],
    [false, '('.repeat(100_000)],
  ])('says %s of %.60s', (valid, text) => {
    expect(isSpdxExpression(text)).toBe(valid)
  })

  it('answers for any text', () => {
    const parts = fc.constantFrom('MIT', 'ISC', 'AND', 'OR', 'WITH', '(', ')', '+', ' ', 'x')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 400 }), (words) => {
        expect(typeof isSpdxExpression(words.join(' '))).toBe('boolean')
      }),
    )
  })
})
