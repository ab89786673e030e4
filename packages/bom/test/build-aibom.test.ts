import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

import { ParseError, toHex, type JsonObject, type JsonValue } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { buildAibom } from '../src/build-aibom.ts'
import { lintBom } from '../src/lint.ts'
import type { DatasetFacts } from '../src/model-facts.ts'
import { serializeAibom } from '../src/serialize-aibom.ts'
import type { TrainingFacts } from '../src/training-facts.ts'
import { SPEC_VERSIONS, validateBom } from '../src/validate.ts'
import type { LooseDocument } from './loose-document.ts'
import { WINE_FACTS } from './wine-facts.ts'

const build = (facts: TrainingFacts): LooseDocument => buildAibom(facts, { specVersion: '1.6' })
const properties = (owner: { properties: { name: string; value: string }[] }): Record<string, string> =>
  Object.fromEntries(owner.properties.map(({ name, value }) => [name, value]))
const byRef = (bom: LooseDocument, ref: string): LooseDocument =>
  bom.components.find((entry: LooseDocument) => entry['bom-ref'] === ref)

const IMAGE_FACTS: DatasetFacts = {
  type: 'image',
  rows: 3,
  trainRows: 2,
  validationRows: 1,
  classes: [
    { value: 'cat', rows: 1 },
    { value: 'dog', rows: 2 },
  ],
  channels: [{ name: 'gray', statistics: { min: 0, max: 255 } }],
  imageSizes: { height: { min: 8, max: 9 } },
  formats: { png: 3 },
  merkle: { kind: 'files', leaves: 3, root: 'a'.repeat(64) },
}
const contentsOf = (bom: LooseDocument): Record<string, string> =>
  properties(byRef(bom, 'input:dataset').data[0].contents)

describe('buildAibom', () => {
  it.each(SPEC_VERSIONS)('makes a document without a problem or a finding, in version %s', (specVersion) => {
    const bom = buildAibom(WINE_FACTS, { specVersion })
    expect(validateBom(bom)).toEqual([])
    expect(lintBom(bom)).toEqual([])
  })

  it.each(SPEC_VERSIONS)('puts members in the order of the official schema, version %s', (specVersion) => {
    const bom = buildAibom(WINE_FACTS, { specVersion })
    expect(orderProblems(bom, specVersion)).toEqual([])
  })

  it('gives the trained model the hashes of its own file and of nothing else', () => {
    const { trainedModel } = WINE_FACTS.outputs
    expect(build(WINE_FACTS).metadata.component.hashes).toEqual([
      { alg: 'SHA-256', content: trainedModel.sha256 },
      { alg: 'SHA-512', content: trainedModel.sha512 },
    ])
  })

  it('names the submitted model, with its hash, as the ancestor', () => {
    const [ancestor] = build(WINE_FACTS).metadata.component.pedigree.ancestors
    expect(ancestor.hashes).toEqual([{ alg: 'SHA-256', content: WINE_FACTS.inputs.model.sha256 }])
  })

  it('has the data set as a component of its own, with rows and classes', () => {
    const dataset = byRef(build(WINE_FACTS), 'input:dataset')
    expect(dataset.type).toBe('data')
    expect(properties(dataset.data[0].contents)).toMatchObject({
      'aibomgen:dataset:rows': '178',
      'aibomgen:dataset:rows:train': '142',
      'aibomgen:dataset:rows:validation': '36',
    })
  })

  it('reports every training parameter, 0 as 0 and false as false', () => {
    const card = properties(build(WINE_FACTS).metadata.component.modelCard)
    for (const [name, value] of Object.entries(WINE_FACTS.parameters)) {
      expect(card[`aibomgen:parameter:${name}`]).toBe(String(value))
    }
  })

  it('keeps every word of the submitter', () => {
    const card = properties(build(WINE_FACTS).metadata.component.modelCard)
    for (const [name, value] of Object.entries(WINE_FACTS.metadata)) {
      expect(card[`aibomgen:metadata:${name}`]).toBe(value)
    }
  })

  it('reports the last value of each metric, of training and of validation', () => {
    const { performanceMetrics } = build(WINE_FACTS).metadata.component.modelCard.quantitativeAnalysis
    expect(performanceMetrics).toContainEqual({ type: 'loss', value: '0.25', slice: 'training' })
    expect(performanceMetrics).toContainEqual({ type: 'accuracy', value: '0.97', slice: 'validation' })
  })

  it('keeps absent, unavailable and zero apart', () => {
    const bom = build(WINE_FACTS)
    const run = properties(bom.formulation[0].workflows[0])
    expect(run['aibomgen:environment:memory:limit-bytes:status']).toBe('absent')
    expect(run['aibomgen:environment:disk:available-bytes']).toBe('0')
    expect(properties(byRef(bom, 'environment:cpu'))['aibomgen:environment:cpu:model:status']).toBe(
      'unavailable: the kernel does not say',
    )
  })

  it('says "not scanned", and why where it is known, instead of listing no vulnerabilities', () => {
    const tell = (facts: object) => build({ ...WINE_FACTS, vulnerabilities: { state: 'not scanned', ...facts } })
    expect(properties(tell({}).metadata)).toMatchObject({ 'aibomgen:vulnerabilities:state': 'not scanned' })
    expect(properties(tell({}).metadata)).not.toHaveProperty('aibomgen:vulnerabilities:reason')
    expect(tell({}).vulnerabilities).toBeUndefined()
    const { metadata } = tell({ reason: 'there is no trivy' })
    expect(properties(metadata)['aibomgen:vulnerabilities:reason']).toBe('there is no trivy')
    expect(() => tell({ reason: 'two\nlines' })).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it('says what a data set of images holds, and the root that proofs are held against', () => {
    const bom = build({ ...WINE_FACTS, dataset: IMAGE_FACTS })
    expect(contentsOf(bom)).toEqual({
      'aibomgen:dataset:type': 'image',
      'aibomgen:dataset:rows': '3',
      'aibomgen:dataset:rows:train': '2',
      'aibomgen:dataset:rows:validation': '1',
      'aibomgen:dataset:classes': '[{"rows":1,"value":"cat"},{"rows":2,"value":"dog"}]',
      'aibomgen:dataset:channels': '[{"name":"gray","statistics":{"max":255,"min":0}}]',
      'aibomgen:dataset:image-sizes': '{"height":{"max":9,"min":8}}',
      'aibomgen:dataset:formats': '{"png":3}',
      'aibomgen:dataset:merkle': `{"kind":"files","leaves":3,"root":"${'a'.repeat(64)}"}`,
    })
    expect(contentsOf(build({ ...WINE_FACTS, dataset: IMAGE_FACTS, withheld: ['statistics'] }))).toEqual({
      'aibomgen:dataset:type': 'image',
      'aibomgen:dataset:rows': '3',
      'aibomgen:dataset:rows:train': '2',
      'aibomgen:dataset:rows:validation': '1',
      'aibomgen:dataset:classes': '[{"value":"cat"},{"value":"dog"}]',
      'aibomgen:dataset:channels': '[{"name":"gray"}]',
      'aibomgen:dataset:merkle': `{"kind":"files","leaves":3,"root":"${'a'.repeat(64)}"}`,
    })
  })

  it('leaves statistics out when withheld, and says so', () => {
    const bom = build({ ...WINE_FACTS, withheld: ['statistics'] })
    expect(properties(bom.metadata)['aibomgen:withheld']).toBe('statistics')
    const text = JSON.stringify(byRef(bom, 'input:dataset'))
    expect(text).toContain('alcohol')
    expect(text).not.toMatch(/14\.8|statistics|missing|59/)
  })

  it('says where to look for a definition that is too large to embed', () => {
    const bom = build({ ...WINE_FACTS, definition: { columns: 'x'.repeat(300_000) } })
    expect(JSON.stringify(byRef(bom, 'input:definition'))).toMatch(/not embedded: 300014 bytes, see inputs\/definition/)
  })

  it('gives another document another serial number', () => {
    const other = { ...WINE_FACTS, parameters: { ...WINE_FACTS.parameters, seed: 43 } }
    expect(build(other).serialNumber).not.toBe(build(WINE_FACTS).serialNumber)
    expect(buildAibom(WINE_FACTS, { specVersion: '1.7' }).serialNumber).not.toBe(build(WINE_FACTS).serialNumber)
  })

  it('gives the same bytes whatever the order in which facts were collected', () => {
    expect(serializeAibom(build(reversed(WINE_FACTS)))).toEqual(serializeAibom(build(WINE_FACTS)))
  })

  it.each([
    ['UTC', 'C'],
    ['Pacific/Kiritimati', 'tr_TR.UTF-8'],
    ['America/St_Johns', 'sv_SE.UTF-8'],
  ])('gives the same bytes under TZ=%s LANG=%s', (TZ, LANG) => {
    const program = `
      import { buildAibom } from ${JSON.stringify(new URL('../src/build-aibom.ts', import.meta.url).href)}
      import { serializeAibom } from ${JSON.stringify(new URL('../src/serialize-aibom.ts', import.meta.url).href)}
      import { WINE_FACTS } from ${JSON.stringify(new URL('./wine-facts.ts', import.meta.url).href)}
      process.stdout.write(serializeAibom(buildAibom(WINE_FACTS, { specVersion: '1.6' })))`
    const options = ['--conditions=@aibomgen/source', '--input-type=module', '--eval', program]
    const env = { ...process.env, TZ, LANG, LC_ALL: LANG }
    const bytes = execFileSync(process.execPath, options, { env, cwd: new URL('..', import.meta.url) })
    expect(toHex(bytes)).toBe(toHex(serializeAibom(build(WINE_FACTS))))
  })
})

const { inputs, environment, evidence, outputs } = WINE_FACTS

describe('buildAibom refuses', () => {
  it.each<[reason: string, code: string, change: object]>([
    [
      'a digest that is too short',
      'DOCUMENT_INVALID',
      { inputs: { ...inputs, dataset: { ...inputs.dataset, sha256: 'ab' } } },
    ],
    [
      'a SHA-512 that is none',
      'DOCUMENT_INVALID',
      { outputs: { ...outputs, trainedModel: { ...outputs.trainedModel, sha512: 'ab' } } },
    ],
    ['a negative size', 'DOCUMENT_INVALID', { inputs: { ...inputs, dataset: { ...inputs.dataset, sizeBytes: -1 } } }],
    ['a path that climbs', 'ENCODING_INVALID', { inputs: { ...inputs, dataset: { ...inputs.dataset, name: '../x' } } }],
    ['a time that is none', 'TIMESTAMP_INVALID', { timestamp: '2026-02-30T00:00:00Z' }],
    ['an end before its start', 'DOCUMENT_INVALID', { endedAt: '2026-11-22T10:00:04Z' }],
    ['two files of one name', 'DOCUMENT_INVALID', { evidence: { ...evidence, layout: evidence.submitInputs } }],
    ['no training link', 'DOCUMENT_INVALID', { evidence: { ...evidence, runTraining: [] } }],
    ['a manufacturer without a name', 'DOCUMENT_INVALID', { manufacturer: { name: '' } }],
    ['a web address that would be escaped', 'DOCUMENT_INVALID', { manufacturer: { name: 'x', url: 'https://a/ b' } }],
    ['a lone surrogate', 'NOT_CANONICALIZABLE', { metadata: { author: '\ud800' } }],
    ['a number that is none', 'NOT_CANONICALIZABLE', { parameters: { epochs: Number.NaN } }],
    [
      'an image digest that is none',
      'DOCUMENT_INVALID',
      withEnvironment('container', {
        engine: { status: 'absent' },
        imageDigest: { status: 'observed', value: 'latest' },
      }),
    ],
    [
      'a package without a purl',
      'DOCUMENT_INVALID',
      withEnvironment('packages', [{ name: 'x', version: '1', purl: 'x@1', integrity: { status: 'absent' } }]),
    ],
    [
      'two packages of one purl',
      'DOCUMENT_INVALID',
      withEnvironment(
        'packages',
        [1, 2].map(() => ({ name: 'x', version: '1', purl: 'pkg:npm/x@1', integrity: { status: 'absent' } })),
      ),
    ],
    [
      'an integrity that is none',
      'DOCUMENT_INVALID',
      withEnvironment('packages', [
        { name: 'x', version: '1', purl: 'pkg:npm/x@1', integrity: { status: 'observed', value: 'md5-abc' } },
      ]),
    ],
  ])('%s', (_reason, code, change) => {
    expect(() => build({ ...WINE_FACTS, ...change })).toThrow(expect.objectContaining({ code }))
    expect(() => build({ ...WINE_FACTS, ...change })).toThrow(ParseError)
  })

  it('a serial number that is none', () => {
    const options = { specVersion: '1.6', serialNumber: 'urn:uuid:1' } as const
    expect(() => buildAibom(WINE_FACTS, options)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })
})

function withEnvironment(field: string, value: unknown): object {
  return { environment: { ...environment, [field]: { status: 'observed', value } } }
}

/** The same facts, every object and every list without an order of its own the other way round. */
function reversed(facts: TrainingFacts): TrainingFacts {
  const turned = reverseMembers(facts) as TrainingFacts
  const { packages } = environment
  return {
    ...turned,
    evidence: { ...evidence, runTraining: evidence.runTraining.toReversed() },
    environment: {
      ...turned.environment,
      packages: packages.status === 'observed' ? { ...packages, value: packages.value.toReversed() } : packages,
    },
  }
}

function reverseMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reverseMembers(member)]),
  )
}

/** Paths of objects whose members are not in the order of the schema that applies to them. */
function orderProblems(bom: JsonObject, version: string): string[] {
  const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')
  const file = new URL(`res/schema/bom-${version}.SNAPSHOT.schema.json`, `file://${library}`)
  const root = JSON.parse(readFileSync(file, 'utf8'))
  const resolve = (schema: LooseDocument): LooseDocument =>
    schema?.$ref?.startsWith('#/definitions/') ? resolve(root.definitions[schema.$ref.slice(14)]) : schema
  const alternatives = (schema: LooseDocument): LooseDocument[] => {
    const resolved = resolve(schema)
    if (resolved === undefined) return []
    return [resolved, ...[...(resolved.oneOf ?? []), ...(resolved.anyOf ?? [])].flatMap(alternatives)]
  }
  const walk = (value: JsonValue, schemas: LooseDocument[], path: string): string[] => {
    if (Array.isArray(value)) {
      const items = schemas.flatMap(({ items }) => [items].flat()).flatMap(alternatives)
      return value.flatMap((item, index) => walk(item, items, `${path}/${index}`))
    }
    if (typeof value !== 'object' || value === null) return []
    const names = Object.keys(value)
    const fits = schemas.find(({ properties }) => properties && names.every((name) => name in properties))
    const ordered = Object.keys(fits?.properties ?? {}).filter((name) => names.includes(name))
    const here = JSON.stringify(ordered) === JSON.stringify(names) ? [] : [`${path}: ${names.join(' ')}`]
    const below = Object.entries(value).flatMap(([name, member]) =>
      walk(member, alternatives(fits?.properties[name]), `${path}/${name}`),
    )
    return [...here, ...below]
  }
  return walk(bom, alternatives(root), '')
}
