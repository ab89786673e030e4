import { SdkError, type JsonObject } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { buildAibom } from '../src/build-aibom.ts'
import { readAibomClaims } from '../src/read-aibom.ts'
import type { LooseDocument } from './loose-document.ts'
import { WINE_FACTS } from './wine-facts.ts'

const bom = buildAibom(WINE_FACTS, { specVersion: '1.6' })
const copyOf = (value: JsonObject): LooseDocument => structuredClone(value)
const model = (bom: LooseDocument): LooseDocument => bom.metadata.component
const run = (bom: LooseDocument): LooseDocument => bom.formulation[0].workflows[0]
const dataset = (bom: LooseDocument): LooseDocument =>
  bom.components.find((entry: LooseDocument) => entry['bom-ref'] === 'input:dataset')
const propertyOf = (owner: LooseDocument, name: string): LooseDocument =>
  owner.properties.find((entry: LooseDocument) => entry.name === name)
const without = (owner: LooseDocument, name: string): void => {
  owner.properties = owner.properties.filter((entry: LooseDocument) => entry.name !== name)
}

const giveReason = (bom: LooseDocument, value: string): void =>
  bom.metadata.properties.push({ name: 'aibomgen:vulnerabilities:reason', value })

describe('readAibomClaims refuses', () => {
  it.each<[reason: string, change: (bom: LooseDocument) => unknown]>([
    ['a document without formulation', (bom) => delete bom.formulation],
    ['two workflows', (bom) => bom.formulation[0].workflows.push(run(bom))],
    ['a job id that the workflow does not know', (bom) => (run(bom).uid = 'other')],
    ['two job ids', (bom) => bom.metadata.properties.push(propertyOf(bom.metadata, 'aibomgen:job:id'))],
    [
      'no data set',
      (bom) => (bom.components = bom.components.filter((entry: LooseDocument) => entry !== dataset(bom))),
    ],
    ['two data sets', (bom) => bom.components.push(dataset(bom))],
    ['a data set without a digest', (bom) => (dataset(bom).hashes = [])],
    ['two digests of one file', (bom) => dataset(bom).hashes.push(dataset(bom).hashes[0])],
    ['a file without its name', (bom) => without(dataset(bom), 'aibomgen:artifact:name')],
    ['a size that is no number', (bom) => (propertyOf(dataset(bom), 'aibomgen:artifact:size-bytes').value = '1e1')],
    [
      'a true model beside the one that it is about',
      (bom) => {
        bom.components.push(structuredClone(model(bom)))
        model(bom)['bom-ref'] = 'other'
        model(bom).hashes[0].content = '0'.repeat(64)
      },
    ],
    [
      'a true base model beside the ancestor',
      (bom) => {
        const { ancestors } = model(bom).pedigree
        bom.components.push(structuredClone(ancestors[0]))
        ancestors[0]['bom-ref'] = 'other'
      },
    ],
    ['a second ancestor', (bom) => model(bom).pedigree.ancestors.push({ type: 'machine-learning-model', name: 'x' })],
    ['no ancestor', (bom) => (model(bom).pedigree.ancestors = [])],
    ['a licence that was not the submitter’s', (bom) => (model(bom).licenses[0].license.id = 'MIT')],
    ['a licence that is not said', (bom) => delete model(bom).licenses],
    ['another name', (bom) => (model(bom).name = 'other')],
    ['another author', (bom) => (model(bom).authors[0].name = 'Eve')],
    ['another intended use', (bom) => (model(bom).modelCard.considerations.useCases = ['anything'])],
    ['another source of the base model', (bom) => (model(bom).pedigree.notes = 'https://evil.example/')],
    [
      'a parameter that the model card does not know',
      (bom) => without(model(bom).modelCard, 'aibomgen:parameter:epochs'),
    ],
    [
      'a parameter that only the model card knows',
      (bom) => model(bom).modelCard.properties.push({ name: 'aibomgen:parameter:x', value: '1' }),
    ],
    [
      'a parameter with two values',
      (bom) => (propertyOf(model(bom).modelCard, 'aibomgen:parameter:epochs').value = '51'),
    ],
    ['a parameter of unknown type', (bom) => (run(bom).inputs.at(-1).parameters[0].dataType = 'object')],
    ['a number that is none', (bom) => (run(bom).inputs.at(-1).parameters[0].dataType = 'number')],
    ['two lists of parameters', (bom) => run(bom).inputs.push(run(bom).inputs.at(-1))],
    ['another command', (bom) => (run(bom).steps[0].commands[0].executed = 'rm -rf /')],
    ['a reason for not scanning of two lines', (bom) => giveReason(bom, 'two\nlines')],
    ['a reason for not scanning without an end', (bom) => giveReason(bom, 'x'.repeat(301))],
    ['two reasons for not scanning', (bom) => [giveReason(bom, 'one'), giveReason(bom, 'another')]],
    [
      'a reason for not scanning beside a scan',
      (bom) => {
        giveReason(bom, 'there is no trivy')
        propertyOf(bom.metadata, 'aibomgen:vulnerabilities:state').value = 'scanned'
      },
    ],
    ['two layouts', (bom) => bom.externalReferences.push(bom.externalReferences[0])],
    ['no layout', (bom) => bom.externalReferences.shift()],
    ['two training links of one name', (bom) => bom.externalReferences.push({ ...bom.externalReferences[2] })],
    [
      'two files of one name',
      (bom) => (propertyOf(dataset(bom), 'aibomgen:artifact:name').value = 'outputs/metrics.json'),
    ],
    ['evidence without a digest', (bom) => delete bom.externalReferences[0].hashes],
    ['evidence whose name cannot be read', (bom) => (bom.externalReferences[0].url = '%zz')],
    [
      'an unknown state of vulnerabilities',
      (bom) => (propertyOf(bom.metadata, 'aibomgen:vulnerabilities:state').value = 'clean'),
    ],
    [
      'something unknown withheld',
      (bom) => bom.metadata.properties.push({ name: 'aibomgen:withheld', value: 'everything' }),
    ],
  ])('%s', (_reason, change) => {
    const changed = copyOf(bom)
    change(changed)
    expect(() => readAibomClaims(changed)).toThrow(expect.objectContaining({ code: 'DOCUMENT_INVALID' }))
  })

  it.each([
    ['a time that is none', (bom: LooseDocument) => (bom.metadata.timestamp = 'now'), 'TIMESTAMP_INVALID'],
    [
      'a digest in capitals',
      (bom: LooseDocument) => (dataset(bom).hashes[0].content = 'A'.repeat(64)),
      'ENCODING_INVALID',
    ],
    [
      'a name that climbs',
      (bom: LooseDocument) => (propertyOf(dataset(bom), 'aibomgen:artifact:name').value = '../x'),
      'ENCODING_INVALID',
    ],
  ])('%s', (_reason, change, code) => {
    const changed = copyOf(bom)
    change(changed)
    expect(() => readAibomClaims(changed)).toThrow(expect.objectContaining({ code }))
  })

  it('whatever is put in the place of any value, with an error of ours', () => {
    const places = [...placesIn(bom)]
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), (place, value) => {
        const changed = replaceAt(bom, place, value) as JsonObject
        try {
          readAibomClaims(changed)
        } catch (error) {
          expect(error).toBeInstanceOf(SdkError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** The path of every value in `value`. */
function* placesIn(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    yield [...path, name]
    yield* placesIn(member, [...path, name])
  }
}

function replaceAt(root: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value
  const copy: LooseDocument = Array.isArray(root) ? [...root] : { ...(root as object) }
  copy[name] = replaceAt(copy[name], rest, value)
  return copy
}
