/** SPDX license expressions: whether a text is one. @module */

import { SPDX } from '#cyclonedx-library'

const TOKEN = /[()]|[A-Za-z0-9.+:-]+/g
const REFERENCE = /^(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$/
const EXCEPTION = /^[A-Za-z0-9.-]+$/
const MAX_LENGTH = 1024

/**
 * Whether `text` is a compound SPDX license expression: known ids, `LicenseRef-…`, `WITH`, `AND`, `OR`, parentheses.
 *
 * @see https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
export function isSpdxExpression(text: string): boolean {
  if (text.length > MAX_LENGTH || text.replaceAll(TOKEN, '').trim() !== '') return false
  const tokens = text.match(TOKEN) ?? []
  let position = 0

  // Each reader consumes what it reads and says whether it was there.
  function readCompound(): boolean {
    if (!readTerm()) return false
    while (tokens[position] === 'AND' || tokens[position] === 'OR') {
      position++
      if (!readTerm()) return false
    }
    return true
  }
  function readTerm(): boolean {
    if (tokens[position] === '(') {
      position++
      return readCompound() && tokens[position++] === ')'
    }
    if (!isLicense(tokens[position++] ?? '')) return false
    if (tokens[position] !== 'WITH') return true
    position++
    return EXCEPTION.test(tokens[position++] ?? '')
  }
  return readCompound() && position === tokens.length
}

function isLicense(token: string): boolean {
  return SPDX.isSupportedSpdxId(token.replace(/\+$/, '')) || SPDX.isSupportedSpdxId(token) || REFERENCE.test(token)
}
