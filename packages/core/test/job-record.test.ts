/** The job record: one record, one digest, and nothing in it that nobody asked for. @module */

import {
  canonicalizeJson,
  parseJobRecord,
  ParseError,
  parseTimestamp,
  serializeJobRecord,
  sha256Hex,
  utf8Decode,
  utf8Encode,
  type JobRecord,
} from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { jsonValues } from './json-values.ts'

const file = (name: string): JobRecord['files']['model'] => ({
  name,
  sha256: sha256Hex(utf8Encode(name)),
  sizeBytes: 3,
})
const record: JobRecord = {
  _type: 'https://aibomgen.dev/job/v1',
  jobId: '0d8f2f7e-7f3b-4d38-9a1a-3f6e5f5d2c11',
  submittedAt: parseTimestamp('2026-11-22T12:00:00Z'),
  parameters: { epochs: 50, validation_split: 0, shuffle: false, backend: 'wasm' },
  metadata: { model_name: 'wine', author: '' },
  files: { model: file('model.keras'), dataset: file('wine.csv'), definition: file('wine.yaml') },
}

describe('a job record', () => {
  it('is read back as it was written', () => {
    expect(parseJobRecord(serializeJobRecord(record))).toEqual(record)
  })

  it('has the same bytes in whatever order it was put together', () => {
    const shuffled = Object.fromEntries(Object.entries(record).reverse()) as unknown as JobRecord
    expect(utf8Decode(serializeJobRecord(shuffled))).toBe(utf8Decode(serializeJobRecord(record)))
  })

  it('keeps 0 and false as what they are', () => {
    expect(parseJobRecord(serializeJobRecord(record)).parameters).toMatchObject({ validation_split: 0, shuffle: false })
  })

  it('keeps whatever names and texts its metadata have', () => {
    const names = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__')
    const property = fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' })), (metadata) => {
      const changed = { ...record, metadata: { ...metadata } }
      expect(parseJobRecord(serializeJobRecord(changed)).metadata).toEqual(changed.metadata)
    })
    fc.assert(property)
  })
})

describe('parseJobRecord refuses', () => {
  const { files } = record
  it.each([
    ['another _type', { ...record, _type: 'https://aibomgen.dev/job/v2' }, '_type'],
    ['a member that it does not know', { ...record, priority: 1 }, 'priority'],
    ['a job id that is no UUID', { ...record, jobId: 'job-1' }, 'jobId'],
    ['a parameter that is null', { ...record, parameters: { steps_per_epoch: null } }, 'parameters.steps_per_epoch'],
    ['a parameter that is a list', { ...record, parameters: { epochs: [1] } }, 'parameters.epochs'],
    ['metadata that is a number', { ...record, metadata: { model_version: 1 } }, 'metadata.model_version'],
    ['no model', { ...record, files: { dataset: files.dataset, definition: files.definition } }, 'files.model'],
    ['a file of another kind', { ...record, files: { ...files, weights: files.model } }, 'files.weights'],
    [
      'a digest in capitals',
      { ...record, files: { ...files, model: { ...files.model, sha256: 'A'.repeat(64) } } },
      'files.model.sha256',
    ],
    [
      'a negative size',
      { ...record, files: { ...files, model: { ...files.model, sizeBytes: -1 } } },
      'files.model.sizeBytes',
    ],
    [
      'a size with a fraction',
      { ...record, files: { ...files, model: { ...files.model, sizeBytes: 1.5 } } },
      'files.model.sizeBytes',
    ],
    [
      'a file without a name',
      { ...record, files: { ...files, model: { ...files.model, name: '' } } },
      'files.model.name',
    ],
  ])('%s', (_, document, path) => {
    expect(() => parseJobRecord(canonicalizeJson(document))).toThrow(
      expect.objectContaining({
        code: 'DOCUMENT_INVALID',
        detail: expect.objectContaining({ document: 'job.json', problems: [expect.objectContaining({ path })] }),
      }),
    )
  })

  it('a time that does not exist', () => {
    expect(() => parseJobRecord(canonicalizeJson({ ...record, submittedAt: '2026-11-31T12:00:00Z' }))).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    )
  })

  it.each(['parameters', 'metadata', 'files'])('a member called __proto__ in %s, rather than lose it', (member) => {
    const text = utf8Decode(serializeJobRecord(record)).replace(`"${member}":{`, `"${member}":{"__proto__":"x",`)
    expect(() => parseJobRecord(utf8Encode(text))).toThrow(ParseError)
  })

  it('a member called __proto__ beside the others', () => {
    const text = utf8Decode(serializeJobRecord(record)).replace('{', '{"__proto__":"x",')
    expect(() => parseJobRecord(utf8Encode(text))).toThrow(ParseError)
  })

  it('whatever it refuses with a ParseError', () => {
    const property = fc.property(fc.constantFrom(...Object.keys(record)), jsonValues, (member, value) => {
      try {
        parseJobRecord(canonicalizeJson({ ...record, [member]: value }))
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError)
      }
    })
    fc.assert(property, { numRuns: 300 })
  })
})
