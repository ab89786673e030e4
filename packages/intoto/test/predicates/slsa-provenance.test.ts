import { describe, expect, it } from 'vitest'

import {
  buildProvenanceStatement,
  parseSlsaProvenance,
  SLSA_PROVENANCE_TYPE,
  type SlsaProvenance,
} from '../../src/predicates/slsa-provenance.ts'
import { parseStatement, serializeStatement } from '../../src/statement.ts'

const DIGEST = { sha256: 'ab'.repeat(32) }
const SUBJECT = [{ name: 'outputs/trained_model.keras', digest: DIGEST }]
const PROVENANCE: SlsaProvenance = {
  buildDefinition: {
    buildType: 'https://example.com/training/v1',
    externalParameters: { parameters: { epochs: 5, validation_split: 0.2 } },
    resolvedDependencies: [{ name: 'inputs/model', digest: DIGEST }],
  },
  runDetails: {
    builder: { id: 'https://example.com/builder/1' },
    metadata: { invocationId: 'job-1', startedOn: '2026-11-22T12:00:00Z', finishedOn: '2026-11-22T12:01:00Z' },
  },
}

describe('SLSA provenance', () => {
  it('reads back from a Statement as it was', () => {
    const statement = parseStatement(serializeStatement(buildProvenanceStatement(SUBJECT, PROVENANCE)))
    expect(statement.subject).toEqual(SUBJECT)
    expect(statement.predicateType).toBe(SLSA_PROVENANCE_TYPE)
    expect(parseSlsaProvenance(statement)).toEqual(PROVENANCE)
  })

  it.each<[string, object]>([
    ['no build definition', { buildDefinition: undefined }],
    ['no builder', { runDetails: {} }],
    ['a start that is no time', { runDetails: { ...PROVENANCE.runDetails, metadata: { startedOn: 'noon' } } }],
    ['parameters that are a list', { buildDefinition: { ...PROVENANCE.buildDefinition, externalParameters: [] } }],
    [
      'a dependency without name, uri and digest',
      { buildDefinition: { ...PROVENANCE.buildDefinition, resolvedDependencies: [{}] } },
    ],
  ])('refuses %s', (_reason, changes) => {
    const provenance = { ...PROVENANCE, ...changes }
    expect(() => buildProvenanceStatement(SUBJECT, provenance)).toThrow(
      expect.objectContaining({ code: 'DOCUMENT_INVALID' }),
    )
  })

  it('refuses a Statement of another predicate type', () => {
    const statement = {
      ...buildProvenanceStatement(SUBJECT, PROVENANCE),
      predicateType: 'https://slsa.dev/provenance/v0.2',
    }
    expect(() => parseSlsaProvenance(statement)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })
})
