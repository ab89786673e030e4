/** The bundle: evidence in one document. @module */

import { ParseError, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isBundled, parseEvidenceBundle, serializeEvidenceBundle } from '../src/index.ts'

describe('an evidence bundle', () => {
  it('gives back what was put in, and the same bytes for the same files in any order', () => {
    const name = fc.stringMatching(/^[a-z_]{1,12}(\/[a-z_]{1,12})?$/)
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, fc.uint8Array()), { selector: ([first]) => first }), (entries) => {
        const bytes = serializeEvidenceBundle(new Map(entries))
        expect(new Map(parseEvidenceBundle(bytes))).toEqual(new Map(entries))
        expect(serializeEvidenceBundle(new Map(entries.toReversed()))).toEqual(bytes)
      }),
    )
  })

  it.each<[string, string]>([
    ['a path out of it', '{"_type":"https://aibomgen.dev/bundle/v1","files":{"../evil":""}}'],
    ['an absolute path', '{"_type":"https://aibomgen.dev/bundle/v1","files":{"/etc/passwd":""}}'],
    ['a file twice', '{"_type":"https://aibomgen.dev/bundle/v1","files":{"a":"","a":"AA=="}}'],
    ['no base64', '{"_type":"https://aibomgen.dev/bundle/v1","files":{"a":"*"}}'],
    ['another type', '{"_type":"https://aibomgen.dev/bundle/v2","files":{}}'],
    ['an unknown member', '{"_type":"https://aibomgen.dev/bundle/v1","files":{},"trust":true}'],
    ['nothing', ''],
  ])('refuses %s', (_what, text) => {
    expect(() => parseEvidenceBundle(utf8Encode(text))).toThrow(ParseError)
  })

  it.each<[string, number, boolean]>([
    ['aibom.json', 10, true],
    ['aibom.sig', 64, true],
    ['logs.txt', 10, true],
    ['run_training.01234567.link', 10, true],
    ['provenance.intoto.jsonl', 10, true],
    ['outputs/metrics.json', 17 * 1024 * 1024, false],
    ['outputs/trained_model.keras', 10, false],
    ['inputs/model', 10, false],
    ['inputs/dataset', 10, false],
  ])('%s of %i bytes belongs in it: %s', (name, sizeBytes, expected) => {
    expect(isBundled(name, sizeBytes)).toBe(expected)
  })
})
