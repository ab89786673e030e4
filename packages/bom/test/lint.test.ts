import type { JsonObject } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { lintBom } from '../src/lint.ts'
import { validateBom } from '../src/validate.ts'

const component = { type: 'library', name: 'x', 'bom-ref': 'x' }
const sha256 = (content: string): object => ({ alg: 'SHA-256', content })
const workflow = { 'bom-ref': 'w', uid: 'u', taskTypes: ['build'] }
const signature = { algorithm: 'Ed25519', value: 'AAAA' }
const rsaKey = { kty: 'RSA', n: 'AA', e: 'AQAB' }

/** A BOM in which nothing is the matter but what `members` bring. */
function bomWith(members: object): JsonObject {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
    metadata: {
      timestamp: '2026-11-22T10:00:00Z',
      manufacturer: { name: 'm' },
      component: { type: 'machine-learning-model', name: 'model', 'bom-ref': 'model' },
    },
    ...members,
  }
}

describe('lintBom', () => {
  it('finds nothing in a BOM that is well made', () => {
    const members = {
      components: [
        component,
        { type: 'data', name: 'd', data: [{ type: 'dataset' }], hashes: [sha256('a'.repeat(64))] },
      ],
      dependencies: [{ ref: 'model', dependsOn: ['x'] }],
      compositions: [{ aggregate: 'complete', assemblies: ['urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1'] }],
      formulation: [
        { workflows: [{ ...workflow, timeStart: '2026-01-01T00:00:00Z', timeEnd: '2026-01-01T00:00:00Z' }] },
      ],
      signature,
    }
    expect(lintBom(bomWith(members))).toEqual([])
  })

  it.each<[rule: string, path: string, members: object]>([
    ['bom-ref-duplicate', '/components/1/bom-ref', { components: [component, { ...component, name: 'y' }] }],
    ['bom-ref-duplicate', '/components/0/bom-ref', { components: [{ ...component, 'bom-ref': 'model' }] }],
    [
      'bom-ref-duplicate',
      '/components/0/components/0/bom-ref',
      { components: [{ ...component, components: [{ ...component, name: 'nested' }] }] },
    ],
    ['bom-ref-dangling', '/dependencies/0/ref', { dependencies: [{ ref: 'nobody' }] }],
    [
      'bom-ref-dangling',
      '/dependencies/0/dependsOn/1',
      { dependencies: [{ ref: 'model', dependsOn: ['model', 'y'] }] },
    ],
    [
      'bom-ref-dangling',
      '/compositions/0/assemblies/0',
      { compositions: [{ aggregate: 'complete', assemblies: ['y'] }] },
    ],
    [
      'bom-ref-dangling',
      '/formulation/0/workflows/0/inputs/0/resource/ref',
      { formulation: [{ workflows: [{ ...workflow, inputs: [{ resource: { ref: 'y' } }] }] }] },
    ],
    [
      'dependency-duplicate',
      '/dependencies/1/ref',
      { dependencies: [{ ref: 'model' }, { ref: 'model', dependsOn: ['model'] }] },
    ],
    ['member-misplaced', '/components/0/modelCard', { components: [{ ...component, modelCard: {} }] }],
    [
      'member-misplaced',
      '/components/0/data',
      { components: [{ type: 'machine-learning-model', name: 'x', data: [{ type: 'dataset' }] }] },
    ],
    [
      'hash-length',
      '/components/0/hashes/0/content',
      { components: [{ ...component, hashes: [sha256('a'.repeat(40))] }] },
    ],
    [
      'hash-conflict',
      '/components/0/hashes/1',
      { components: [{ ...component, hashes: [sha256('a'.repeat(64)), sha256('b'.repeat(64))] }] },
    ],
    [
      'hash-conflict',
      '/externalReferences/0/hashes/1',
      {
        externalReferences: [
          { type: 'attestation', url: 'x', hashes: [sha256('a'.repeat(64)), sha256('b'.repeat(64))] },
        ],
      },
    ],
    ['purl-invalid', '/components/0/purl', { components: [{ ...component, purl: 'npm/x@1' }] }],
    ['signature-empty', '/signature/signers', { signature: { signers: [] } }],
    ['signature-empty', '/signature/chain', { signature: { chain: [] } }],
    ['signature-key-mismatch', '/signature/publicKey', { signature: { ...signature, publicKey: rsaKey } }],
    [
      'end-before-start',
      '/formulation/0/workflows/0/timeEnd',
      {
        formulation: [
          { workflows: [{ ...workflow, timeStart: '2026-01-01T01:00:00+01:00', timeEnd: '2025-12-31T23:59:59Z' }] },
        ],
      },
    ],
  ])('finds %s at %s, which the schema accepts', (rule, path, members) => {
    const bom = bomWith(members)
    const errors = lintBom(bom).filter(({ severity }) => severity === 'error')
    expect(errors.map((finding) => [finding.rule, finding.path])).toEqual([[rule, path]])
    expect(validateBom(bom)).toEqual([])
  })

  it.each<[rule: string, path: string, members: object]>([
    [
      'hash-repeated',
      '/components/0/hashes/1',
      { components: [{ ...component, hashes: [sha256('a'.repeat(64)), sha256('A'.repeat(64))] }] },
    ],
    [
      'signature-embeds-key',
      '/signature/publicKey',
      { signature: { ...signature, publicKey: { kty: 'OKP', crv: 'Ed25519', x: 'AA' } } },
    ],
    ['vulnerabilities-inside', '/vulnerabilities', { vulnerabilities: [] }],
    ['serial-number-missing', '/serialNumber', { serialNumber: undefined }],
  ])('warns of %s at %s', (rule, path, members) => {
    expect(lintBom(bomWith(members))).toMatchObject([{ severity: 'warning', rule, path }])
  })

  it('warns of everything that an empty BOM lacks', () => {
    const rules = lintBom({ bomFormat: 'CycloneDX', specVersion: '1.6' }).map(({ rule }) => rule)
    expect(rules).toEqual(['serial-number-missing', 'timestamp-missing', 'component-missing', 'manufacturer-missing'])
  })
})
