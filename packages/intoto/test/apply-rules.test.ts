import { VerificationError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { applyRules, type ReportedArtifacts } from '../src/apply-rules.ts'
import { parseArtifactMap, type ArtifactMap } from '../src/artifact-map.ts'
import { parseArtifactRule, type ArtifactType } from '../src/artifact-rule.ts'
import { readVectors } from './vectors.ts'

interface RuleVector {
  links: Record<string, { materials: unknown; products: unknown }>
  source: string
  type: ArtifactType
  rules: string[][]
  verdict: 'pass' | 'fail'
  remaining_queue: string[] | null
  rules_processed: number
}

const artifacts = (value: unknown): ArtifactMap => parseArtifactMap(value, { document: 'test', member: 'artifacts' })
const digests = (content: string): Record<string, string> => ({ sha256: content.padStart(64, '0') })
const report = (
  materials: Record<string, Record<string, string>>,
  products: Record<string, Record<string, string>>,
): ReportedArtifacts => ({ materials: artifacts(materials), products: artifacts(products) })

describe('applyRules', () => {
  it('answers as the reference implementation on every vector', () => {
    const vectors = readVectors<RuleVector>('rules')
    expect(vectors).toHaveLength(2000)
    for (const vector of vectors) {
      const links = new Map(
        Object.entries(vector.links).map(([name, link]) => [
          name,
          { materials: artifacts(link.materials), products: artifacts(link.products) },
        ]),
      )
      const rules = vector.rules.map((words) => parseArtifactRule(words))
      const run = (count?: number): readonly string[] =>
        applyRules(rules.slice(0, count), { step: vector.source, type: vector.type }, links)
      if (vector.verdict === 'pass') {
        expect([...run()].sort(), JSON.stringify(vector.rules)).toEqual(vector.remaining_queue)
      } else {
        expect(() => run(), JSON.stringify(vector.rules)).toThrow(expect.objectContaining({ code: 'RULE_VIOLATED' }))
        // The rules before the broken one are fine by themselves.
        expect(() => run(vector.rules_processed)).not.toThrow()
      }
    }
  })

  it.each<[string, string[][], ReportedArtifacts, string[] | 'fails']>([
    [
      'CREATE takes what is new',
      [['CREATE', '*']],
      report({ a: digests('1') }, { a: digests('1'), b: digests('2') }),
      ['a'],
    ],
    ['DELETE takes nothing from products', [['DELETE', '*']], report({ a: digests('1') }, { b: digests('2') }), ['b']],
    [
      'MODIFY takes what changed',
      [['MODIFY', '*']],
      report({ a: digests('1'), b: digests('1') }, { a: digests('2'), b: digests('1') }),
      ['b'],
    ],
    [
      'MODIFY sees another digest set',
      [['MODIFY', '*']],
      report({ a: digests('1') }, { a: { ...digests('1'), sha512: 'ab' } }),
      [],
    ],
    ['ALLOW takes anything', [['ALLOW', 'a*']], report({}, { ab: digests('1'), b: digests('1') }), ['b']],
    ['DISALLOW fails on what is left', [['DISALLOW', '*']], report({}, { a: digests('1') }), 'fails'],
    [
      'DISALLOW passes once all is consumed',
      [
        ['ALLOW', '*'],
        ['DISALLOW', '*'],
      ],
      report({}, { a: digests('1') }),
      [],
    ],
    ['REQUIRE consumes nothing', [['REQUIRE', 'a']], report({}, { a: digests('1') }), ['a']],
    [
      'REQUIRE fails on what was consumed',
      [
        ['ALLOW', 'a'],
        ['REQUIRE', 'a'],
      ],
      report({}, { a: digests('1') }),
      'fails',
    ],
    ['REQUIRE takes no glob', [['REQUIRE', '*']], report({}, { a: digests('1') }), 'fails'],
    [
      'names of Object.prototype are ordinary',
      [['MODIFY', '*']],
      report({}, { constructor: digests('1') }),
      ['constructor'],
    ],
  ])('%s', (_reason, words, reported, expected) => {
    const run = (): readonly string[] =>
      applyRules(
        words.map((rule) => parseArtifactRule(rule)),
        { step: 'build', type: 'products' },
        new Map([['build', reported]]),
      )
    if (expected === 'fails') expect(run).toThrow(VerificationError)
    else expect(run()).toEqual(expected)
  })

  it('names step, side, rule and artifacts of a broken rule', () => {
    const links = new Map([['build', report({}, { 'evil.sh': digests('1'), ok: digests('2') })]])
    const rules = [parseArtifactRule(['ALLOW', 'ok']), parseArtifactRule(['disallow', '*'])]
    expect(() => applyRules(rules, { step: 'build', type: 'products' }, links)).toThrow(
      expect.objectContaining({
        code: 'RULE_VIOLATED',
        detail: { item: 'build products', rule: 'DISALLOW *', artifacts: ['evil.sh'] },
      }),
    )
  })

  it('fails for a step that reported nothing', () => {
    expect(() => applyRules([], { step: 'build', type: 'products' }, new Map())).toThrow(
      expect.objectContaining({ code: 'LINK_MISSING' }),
    )
  })

  it('compares whole digest sets in MATCH', () => {
    const links = new Map([
      ['write', report({}, { a: { ...digests('1'), sha512: 'ab' } })],
      ['build', report({ a: digests('1') }, {})],
    ])
    const rules = [parseArtifactRule(['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', 'write'])]
    expect(applyRules(rules, { step: 'build', type: 'materials' }, links)).toEqual(['a'])
  })
})
