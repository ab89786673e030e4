import { readFileSync } from 'node:fs'

import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import type { JsonObject } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { compileSchemas } from '../scripts/compile-schemas.ts'
import { buildAibom } from '../src/build-aibom.ts'
import { formats } from '../src/cyclonedx/formats.ts'
import { hasUniqueItems } from '../src/cyclonedx/unique-items.ts'
import { SPEC_VERSIONS, validateBom, type SpecVersion } from '../src/validate.ts'
import { WINE_FACTS } from './wine-facts.ts'

const stock: Record<SpecVersion, Validation.JsonValidator> = {
  '1.6': new Validation.JsonValidator(Spec.Version.v1dot6),
  '1.7': new Validation.JsonValidator(Spec.Version.v1dot7),
}

const component = { type: 'library', name: 'x' }
const ed25519 = { algorithm: 'Ed25519', keyId: 'k', value: 'AAAA' }

/** Members that are put on an empty BOM; the reason says what is the matter with them. */
const CASES: [reason: string, members: object][] = [
  ['nothing', {}],
  ['an unknown member', { unknown: 1 }],
  ['a component without a name', { components: [{ type: 'library' }] }],
  ['a component of unknown type', { components: [{ type: 'magic', name: 'x' }] }],
  ['two equal components', { components: [component, { name: 'x', type: 'library' }] }],
  ['two components that differ', { components: [component, { ...component, version: '1' }] }],
  ['a time', { metadata: { timestamp: '2026-11-22T10:00:00Z' } }],
  ['a time with a fraction and an offset', { metadata: { timestamp: '2026-11-22T10:00:00.123+01:00' } }],
  ['a day that is none', { metadata: { timestamp: '2026-02-30T10:00:00Z' } }],
  ['a leap day', { metadata: { timestamp: '2024-02-29T10:00:00Z' } }],
  ['a time without an offset', { metadata: { timestamp: '2026-11-22T10:00:00' } }],
  ['text instead of a time', { metadata: { timestamp: 'yesterday' } }],
  ['a serial number', { serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79' }],
  ['a serial number in capitals', { serialNumber: 'urn:uuid:3E671687-395B-41F5-A30F-A58921A69B79' }],
  ['version 0', { version: 0 }],
  ['a version that is text', { version: '1' }],
  ['an SPDX licence', { components: [{ ...component, licenses: [{ license: { id: 'MIT' } }] }] }],
  ['an unknown SPDX licence', { components: [{ ...component, licenses: [{ license: { id: 'mit' } }] }] }],
  ['id and name of a licence', { components: [{ ...component, licenses: [{ license: { id: 'MIT', name: 'MIT' } }] }] }],
  ['a licence expression', { components: [{ ...component, licenses: [{ expression: 'MIT OR ISC' }] }] }],
  ['an unknown hash algorithm', { components: [{ ...component, hashes: [{ alg: 'CRC32', content: 'ab' }] }] }],
  ['a hash that is not hex', { components: [{ ...component, hashes: [{ alg: 'SHA-256', content: 'z'.repeat(64) }] }] }],
  ['a mail address', { metadata: { authors: [{ email: 'ada@example.com' }] } }],
  ['an international mail address', { metadata: { authors: [{ email: 'пример@почта.рф' }] } }],
  ['no mail address', { metadata: { authors: [{ email: 'ada at example' }] } }],
  ['tools as a list', { metadata: { tools: [{ name: 'x' }] } }],
  ['tools as components', { metadata: { tools: { components: [component] } } }],
  ['an Ed25519 signature', { signature: ed25519 }],
  ['a signature with an algorithm by address', { signature: { ...ed25519, algorithm: 'https://example.com/alg' } }],
  ['a signature with an unknown algorithm', { signature: { ...ed25519, algorithm: 'Ed' } }],
  ['a signature without a value', { signature: { algorithm: 'Ed25519' } }],
  ['an empty list of signers', { signature: { signers: [] } }],
  ['a public key with too little in it', { signature: { ...ed25519, publicKey: { kty: 'OKP' } } }],
  ['an empty bom-ref', { components: [{ ...component, 'bom-ref': '' }] }],
  ['a dependency', { dependencies: [{ ref: 'a', dependsOn: ['b'] }] }],
  ['a dependency twice in one list', { dependencies: [{ ref: 'a', dependsOn: ['b', 'b'] }] }],
  ['a model card', { components: [{ type: 'machine-learning-model', name: 'x', modelCard: { properties: [] } }] }],
  ['a model card with an unknown member', { components: [{ ...component, modelCard: { x: 1 } }] }],
  [
    'an unknown approach',
    { components: [{ ...component, modelCard: { modelParameters: { approach: { type: 'x' } } } }] },
  ],
  ['a workflow without task types', { formulation: [{ workflows: [{ 'bom-ref': 'w', uid: 'u' }] }] }],
  ['a workflow', { formulation: [{ workflows: [{ 'bom-ref': 'w', uid: 'u', taskTypes: ['build'] }] }] }],
  [
    'a version range of a required component',
    { components: [{ ...component, versionRange: 'vers:npm/>1', isExternal: true }] },
  ],
]

describe('validateBom, beside the library’s own validator', () => {
  const rows = SPEC_VERSIONS.flatMap((version) => CASES.map(([reason, members]) => [version, reason, members] as const))

  it.each(rows)('%s: judges %s alike', async (specVersion, _reason, members) => {
    const bom = { bomFormat: 'CycloneDX', specVersion, ...members } as unknown as JsonObject
    const expected = await stock[specVersion].validate(JSON.stringify(bom))
    expect(validateBom(bom).length > 0).toBe(expected !== null)
  })

  it.each(SPEC_VERSIONS)('%s: accepts an AIBoM alike', async (specVersion) => {
    const bom = buildAibom(WINE_FACTS, { specVersion })
    expect(await stock[specVersion].validate(JSON.stringify(bom))).toBeNull()
    expect(validateBom(bom)).toEqual([])
  })

  it('judges cases of both kinds', () => {
    const verdicts = CASES.map(([, members]) => {
      const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', ...members } as unknown as JsonObject
      return validateBom(bom).length === 0
    })
    expect(verdicts.filter(Boolean).length).toBeGreaterThan(10)
    expect(verdicts.filter((valid) => !valid).length).toBeGreaterThan(10)
  })
})

describe('validateBom', () => {
  it('names every problem by its path', () => {
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 0, 'a/b': 1, metadata: { timestamp: 'x' } }
    expect(validateBom(bom)).toEqual([
      { path: '/a~1b', expected: 'no such member', got: '"a/b"' },
      { path: '/version', expected: 'minimum 1', got: '0' },
      { path: '/metadata/timestamp', expected: 'the format date-time', got: '"x"' },
    ])
  })

  it.each<[reason: string, bom: JsonObject, path: string]>([
    ['no version', { bomFormat: 'CycloneDX' }, '/specVersion'],
    ['an older version', { bomFormat: 'CycloneDX', specVersion: '1.5' }, '/specVersion'],
    ['a version that is a number', { bomFormat: 'CycloneDX', specVersion: 1.6 }, '/specVersion'],
    ['another format', { bomFormat: 'SPDX', specVersion: '1.6' }, '/bomFormat'],
  ])('finds %s', (_reason, bom, path) => {
    expect(validateBom(bom).map((problem) => problem.path)).toEqual([path])
  })

  it.each<[what: string, members: JsonObject]>([
    ['components', { components: Array.from({ length: 20_000 }, () => ({ unknown: 1 })) }],
    ['members', Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`unknown${index}`, 1]))],
  ])('lists a bounded number of problems where a document has 20 000 wrong %s', (_what, members) => {
    const problems = validateBom({ bomFormat: 'CycloneDX', specVersion: '1.6', ...members })
    expect(problems.length).toBeGreaterThanOrEqual(100)
    expect(problems.length).toBeLessThan(200)
  })

  it('finds what is wrong at the end of a long list', () => {
    const components = [...Array.from({ length: 20_000 }, (_, index) => ({ ...component, version: `${index}` })), {}]
    const problems = validateBom({ bomFormat: 'CycloneDX', specVersion: '1.6', components })
    expect(problems.map(({ path }) => path)).toContain('/components/20000/name')
  })

  it('takes a BOM of 10 000 components, and finds the one that stands twice', () => {
    const components: JsonObject[] = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'library',
      'bom-ref': `r${index}`,
      name: `p${index}`,
      hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
    }))
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', components }
    expect(validateBom(bom)).toEqual([])
    components.push(components[17] ?? {})
    expect(validateBom(bom)).toEqual([{ path: '/components', expected: 'no two equal items', got: 'a repetition' }])
  })
})

describe('the compiled schemas', () => {
  it('are what the script makes of the library’s files', async () => {
    const committed = readFileSync(new URL('../src/cyclonedx/generated/validators.js', import.meta.url), 'utf8')
    expect((await compileSchemas()) === committed).toBe(true)
  })

  it('need neither eval nor a module of ajv', () => {
    const code = readFileSync(new URL('../src/cyclonedx/generated/validators.js', import.meta.url), 'utf8')
    expect(code).not.toMatch(/\beval\(|new Function|\brequire\(|from ['"](?!\.\.\/)/)
  })
})

describe('hasUniqueItems', () => {
  it.each<[unique: boolean, items: unknown[]]>([
    [true, []],
    [true, [1, '1', true, null, [1], { a: 1 }]],
    [
      false,
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
    ],
    [true, [{ a: 1 }, { a: 1, b: 1 }]],
    [true, [['a', 'b'], ['a,b']]],
    [true, [['"'], ['\\"']]],
    [false, [0, -0]],
    [false, ['\ud800', '\ud800']],
    [true, ['\ud800', '\ufffd']],
    [true, [{ 'a":1,"b': 2 }, { a: 1, b: 2 }]],
  ])('says %s of %j', (unique, items) => {
    expect(hasUniqueItems(items)).toBe(unique)
  })
})

describe('formats', () => {
  it.each<[format: string, valid: boolean, text: string]>([
    ['date', true, '2026-11-22'],
    ['date', false, '2026-13-01'],
    ['date', false, '2026-00-10'],
    ['date', false, '1900-02-29'],
    ['date', true, '2000-02-29'],
    ['date-time', true, '2026-11-22t10:00:00z'],
    ['date-time', true, '2026-11-22T10:00:00.000Z'],
    ['date-time', false, '2026-11-22T24:00:00Z'],
    ['date-time', false, '2026-11-22T10:00:00Z\n'],
    ['uri', true, 'urn:uuid:1'],
    ['uri', true, 'https://user@[::1]:80/a%20b?c#d'],
    ['uri', false, 'relative/path'],
    ['uri', false, 'https://exa mple.com'],
    ['uri', false, 'https://example.com/%zz'],
    ['idn-email', true, '"quoted"@example.com'],
    ['idn-email', false, '@example.com'],
    ['idn-email', false, 'a@'],
    ['idn-email', false, 'a..b@example.com'],
  ])('%s: says %s of %s', (format, valid, text) => {
    expect(formats[format]?.(text)).toBe(valid)
  })
})
