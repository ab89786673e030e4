/** Artifact names: no second spelling of a path. @module */

import { INPUT_NAMES, OUTPUT_NAMES, parseArtifactName, ParseError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('parseArtifactName', () => {
  it.each([...INPUT_NAMES, ...OUTPUT_NAMES, 'model', 'a b', '.hidden', 'a..b', '...', 'größe/ß', '😀', '*', '-rf'])(
    'takes %j',
    (name) => {
      expect(parseArtifactName(name)).toBe(name)
    },
  )

  it.each([
    ['nothing', ''],
    ['an absolute path', '/etc/passwd'],
    ['a way up', '../model'],
    ['a way up further down', 'outputs/../inputs/model'],
    ['a way up at the end', 'outputs/..'],
    ['the place itself', './model'],
    ['two slashes', 'outputs//model'],
    ['a slash at the end', 'outputs/'],
    ['a backslash', 'outputs\\model'],
    ['NUL', 'model\0.keras'],
    ['a line feed', 'model\n'],
    ['an escape character', '\u001b[2J'],
    ['a delete character', 'a\u007f'],
  ])('refuses %s', (_, name) => {
    expect(() => parseArtifactName(name)).toThrow(
      expect.objectContaining({ code: 'ENCODING_INVALID', detail: { encoding: 'artifact name' } }),
    )
  })

  it('gives the name as it came, or a ParseError', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        expect(parseArtifactName(text)).toBe(text)
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
      }
    })
    fc.assert(property)
  })
})
