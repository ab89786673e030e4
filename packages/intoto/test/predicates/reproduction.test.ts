/** The predicate of a reproduction: what it may say. @module */

import { ParseError, parseTimestamp } from '@aibomgen/core'
import {
  buildReproductionStatement,
  parseReproduction,
  parseStatement,
  REPRODUCTION_TYPE,
  serializeStatement,
  type Reproduction,
} from '@aibomgen/intoto'
import { describe, expect, it } from 'vitest'

const [one, other] = ['1'.repeat(64), '2'.repeat(64)]

const same: Reproduction = {
  release: { jobId: '5f0c0b4e-3f0b-4f0e-9a53-0d9a4f7f9a10', aibom: { sha256: one } },
  startedAt: parseTimestamp('2026-11-25T20:00:00Z'),
  endedAt: parseTimestamp('2026-11-25T20:01:00Z'),
  verdict: 'reproduced',
  outputs: [{ name: 'outputs/metrics.json', released: one, reproduced: one }],
  environment: [{ what: 'Node.js', released: '24.21.0', reproduced: '22.23.3' }],
  mayBeDueTo: [],
}
const different: Reproduction = {
  ...same,
  verdict: 'differs',
  outputs: [{ name: 'outputs/metrics.json', released: one, reproduced: other }],
  metrics: { compared: 8, identical: 7, maxAbsolute: 1e-7, maxRelative: 2e-7, furthest: 'loss' },
  mayBeDueTo: ['another version of Node.js'],
}

describe('a reproduction', () => {
  it.each([
    ['the same', same],
    ['another', different],
  ])('comes back from a Statement where the result was %s', (_, reproduction) => {
    const statement = parseStatement(serializeStatement(buildReproductionStatement(reproduction)))
    expect(statement).toMatchObject({
      predicateType: 'https://aibomgen.dev/reproduction/v1',
      subject: [{ name: 'outputs/metrics.json', digest: { sha256: one } }],
    })
    expect(parseReproduction(statement)).toEqual(reproduction)
  })

  it.each<[string, object]>([
    ['a verdict that its outputs contradict', { ...different, verdict: 'reproduced' }],
    ['a difference where all outputs are the same', { ...same, verdict: 'differs' }],
    ['no outputs', { ...same, outputs: [] }],
    ['a digest that is none', { ...same, outputs: [{ name: 'x', released: one, reproduced: 'x' }] }],
    ['a time that is none', { ...same, startedAt: 'yesterday' }],
    ['a negative difference', { ...different, metrics: { ...different.metrics, maxAbsolute: -1 } }],
  ])('is refused with %s', (_, wrong) => {
    const predicate = JSON.parse(JSON.stringify(wrong)) as object
    const statement = { ...buildReproductionStatement(same), predicate }
    expect(() => parseReproduction(statement as never)).toThrow(ParseError)
  })

  it('is no other predicate', () => {
    const statement = { ...buildReproductionStatement(same), predicateType: 'https://slsa.dev/provenance/v1' }
    expect(() => parseReproduction(statement)).toThrow(REPRODUCTION_TYPE)
  })
})
