import fc from 'fast-check'
import {
  canonicalizeJson,
  parseTimestamp,
  sha256Hex,
  toReason,
  toTimestamp,
  utf8Decode,
  utf8Encode,
} from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { buildAibom } from '../src/build-aibom.ts'
import { readAibomClaims, type AibomClaims } from '../src/read-aibom.ts'
import { serializeAibom } from '../src/serialize-aibom.ts'
import type { TrainingFacts, VulnerabilityFacts } from '../src/training-facts.ts'
import { SPEC_VERSIONS, validateBom } from '../src/validate.ts'
import { parseBom } from '../src/verify.ts'
import { WINE_FACTS } from './wine-facts.ts'

const HOSTILE = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'a\nb\tc\u0000',
  '"><script>',
  "'; --",
  '../../etc/passwd',
  '%2e%2e%2f%zz',
  'aibomgen:parameter:epochs',
  'MIT',
  'MIT OR (Apache-2.0 WITH',
  '\u{1f377}\u202e\ufeff',
  'x'.repeat(1025),
]
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE))
const filledText = text.filter((value) => value !== '')
const METADATA_FIELDS =
  'model_name model_version model_description author model_type base_model base_model_source intended_use out_of_scope misuse_or_malicious license_name framework'
const metadata = fc.dictionary(fc.oneof(fc.constantFrom(...METADATA_FIELDS.split(' ')), filledText), text, {
  maxKeys: 14,
  noNullPrototype: true,
})
const safeNumber = fc
  .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((value) => Number.isSafeInteger(value) || !Number.isInteger(value))
  .map((value) => value + 0)
const parameters = fc.dictionary(filledText, fc.oneof(text, safeNumber, fc.boolean()), { noNullPrototype: true })
const sha256 = fc.string().map((value) => sha256Hex(utf8Encode(value)))
const evidenceFile = fc.record({ name: filledText, sha256 })
const time = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
  .map((date) => toTimestamp(date))
const vulnerabilities: fc.Arbitrary<VulnerabilityFacts> = fc.oneof(
  fc.constant({ state: 'not scanned' } as const),
  fc.record({ state: fc.constant('not scanned' as const), reason: text.map(toReason) }),
  fc.record({
    state: fc.constant('scanned' as const),
    document: evidenceFile,
    scanner: text,
    scannedAt: time,
    counts: fc.dictionary(text, fc.nat(), { noNullPrototype: true }),
  }),
)

const facts: fc.Arbitrary<TrainingFacts> = fc
  .record({
    jobId: text,
    submittedAt: time,
    startedAt: fc.constant(parseTimestamp('2026-01-01T00:00:00Z')),
    endedAt: fc.constant(parseTimestamp('2026-01-01T00:00:00Z')),
    timestamp: time,
    parameters,
    metadata,
    command: fc.array(text),
    vulnerabilities,
    evidenceFiles: fc.uniqueArray(evidenceFile, { minLength: 3, maxLength: 5, selector: ({ name }) => name }),
    submittedName: text,
    sha256,
    sizeBytes: fc.maxSafeNat(),
    withheld: fc.subarray(['statistics'] as const),
  })
  .map(({ evidenceFiles: [submitInputs, layout, ...runTraining], submittedName, sha256, sizeBytes, ...drawn }) => ({
    ...WINE_FACTS,
    ...drawn,
    inputs: { ...WINE_FACTS.inputs, dataset: { name: 'inputs/dataset', sha256, sizeBytes, submittedName } },
    evidence: { ...WINE_FACTS.evidence, ...(submitInputs && layout && { submitInputs, layout, runTraining }) },
  }))

/** What `readAibomClaims` must give back. */
function claimsOf(facts: TrainingFacts): Omit<AibomClaims, 'serialNumber' | 'specVersion'> {
  const { jobId, submittedAt, startedAt, endedAt, timestamp, parameters, metadata, inputs, outputs } = facts
  const { byproducts, command, vulnerabilities, withheld } = facts
  const links = facts.evidence.runTraining.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const evidence = { ...facts.evidence, runTraining: links }
  const times = { submittedAt, startedAt, endedAt, timestamp }
  return {
    jobId,
    ...times,
    parameters,
    metadata,
    inputs,
    outputs,
    byproducts,
    evidence,
    command,
    vulnerabilities,
    withheld,
  }
}

describe('an AIBoM, built and read back', () => {
  it.each(SPEC_VERSIONS)('claims what the facts said, in version %s', (specVersion) => {
    const { serialNumber, specVersion: claimed, ...claims } = readAibomClaims(buildAibom(WINE_FACTS, { specVersion }))
    expect(claims).toEqual(claimsOf(WINE_FACTS))
    expect(claimed).toBe(specVersion)
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('claims what any facts said, through its bytes, and is valid', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...SPEC_VERSIONS), (facts, specVersion) => {
        const bom = parseBom(serializeAibom(buildAibom(facts, { specVersion })))
        const { serialNumber: _, specVersion: claimed, ...claims } = readAibomClaims(bom)
        expect(utf8Decode(canonicalizeJson(claims))).toBe(utf8Decode(canonicalizeJson(claimsOf(facts))))
        expect(claimed).toBe(specVersion)
        expect(validateBom(bom)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
