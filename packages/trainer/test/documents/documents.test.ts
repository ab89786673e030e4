import { ParseError, parseSha256Hex, utf8Decode, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  parseDatasetManifest,
  serializeDatasetManifest,
  type DatasetManifest,
} from '../../src/documents/dataset-manifest.ts'
import { parseMetrics, serializeMetrics } from '../../src/documents/metrics.ts'
import { parseModelSummary, serializeModelSummary, type ModelSummary } from '../../src/documents/model-summary.ts'
import { parsePreprocessing, serializePreprocessing, type Preprocessing } from '../../src/documents/preprocessing.ts'
import { errorOf } from '../error-of.ts'

const summary: ModelSummary = {
  name: 'wine',
  family: 'Sequential',
  layers: [{ name: 'dense', className: 'Dense', outputShape: [null, 3], parameters: 42, trainable: true }],
  parameters: { total: 42, trainable: 42, nonTrainable: 0 },
  inputs: [{ name: 'input', shape: [null, 13], dtype: 'float32' }],
  outputs: [{ name: 'dense', shape: [null, 3], dtype: 'float32' }],
  optimizer: { name: 'Adam', config: { learning_rate: 0.005, weight_decay: null, schedule: { a: [1] } } },
  loss: 'sparse_categorical_crossentropy',
  metrics: ['accuracy'],
}

const preprocessing: Preprocessing = {
  type: 'csv',
  columns: [
    { name: 'x', type: 'float', fill: 0.1 },
    { name: 'region', type: 'category', categories: ['n', 's'] },
  ],
  steps: [
    { step: 'standardize', mean: [1, 2, 3], std: [1, 2, 3], epsilon: 1e-8 },
    { step: 'minmax', min: [0], max: [1] },
    { step: 'scale', factor: 0.5 },
    { step: 'clip', min: -1, max: 1 },
  ],
  label: { column: 'y', kind: 'sparse', classes: ['a', 3] },
  fittedOnRows: 142,
}

const manifest: DatasetManifest = {
  type: 'csv',
  rows: 178,
  trainRows: 142,
  validationRows: 36,
  columns: [
    { name: 'x', type: 'float', role: 'feature', missing: 2, statistics: { min: -1, max: 1e-7, mean: 0.1, std: 0.2 } },
    { name: 'y', type: 'text', role: 'label', missing: 0, values: [{ value: 'a', rows: 178 }] },
  ],
  ignoredColumns: ['id'],
  classes: [{ value: 3, rows: 178 }],
}

const imagePreprocessing: Preprocessing = {
  type: 'image',
  colorMode: 'rgb',
  imageSize: [8, 9],
  resize: 'bilinear',
  steps: [
    { step: 'standardize', mean: [1, 2, 3], std: [1, 2, 3], epsilon: 1e-8 },
    { step: 'mode', mode: 'caffe' },
  ],
  label: { kind: 'sparse', classes: ['cat', 'dog'] },
  fittedOnRows: 2,
}

const imageManifest: DatasetManifest = {
  type: 'image',
  rows: 2,
  trainRows: 1,
  validationRows: 1,
  classes: [
    { value: 'cat', rows: 1 },
    { value: 'dog', rows: 1 },
  ],
  channels: [{ name: 'gray', statistics: { min: 0, max: 255, mean: 1.5, std: 2 } }],
  imageSizes: { height: { min: 8, max: 8 }, width: { min: 8, max: 80 } },
  formats: { jpeg: 1, png: 1 },
  files: { 'cat/1.png': parseSha256Hex('a'.repeat(64)), 'dog/__proto__.png': parseSha256Hex('b'.repeat(64)) },
  merkle: { kind: 'files', leaves: 2, root: parseSha256Hex('c'.repeat(64)) },
  ignoredFiles: ['.DS_Store'],
}

const metrics = { loss: [0.5, 0.25], val_loss: [0.375] }

const documents = [
  { name: 'metrics.json', value: metrics, parse: parseMetrics, bytes: serializeMetrics(metrics) },
  { name: 'model-summary.json', value: summary, parse: parseModelSummary, bytes: serializeModelSummary(summary) },
  {
    name: 'preprocessing.json',
    value: preprocessing,
    parse: parsePreprocessing,
    bytes: serializePreprocessing(preprocessing),
  },
  {
    name: 'dataset-manifest.json',
    value: manifest,
    parse: parseDatasetManifest,
    bytes: serializeDatasetManifest(manifest),
  },
  {
    name: 'preprocessing.json',
    value: imagePreprocessing,
    parse: parsePreprocessing,
    bytes: serializePreprocessing(imagePreprocessing),
  },
  {
    name: 'dataset-manifest.json',
    value: imageManifest,
    parse: parseDatasetManifest,
    bytes: serializeDatasetManifest(imageManifest),
  },
]

describe.each(documents)('$name', ({ name, value, parse, bytes }) => {
  it('comes back as it was written', () => {
    expect(parse(bytes)).toEqual(value)
  })

  it('is indented for people and ends with a line feed', () => {
    expect(utf8Decode(bytes)).toMatch(/^\{\n {2}"[^]*\n\}\n$/)
  })

  it.each([
    ['an unknown member', { ...value, extra: 1 }, 'DOCUMENT_INVALID'],
    ['a list', [value], 'DOCUMENT_INVALID'],
  ])('refuses %s', (_, changed, code) => {
    const error = errorOf(ParseError, () => parse(utf8Encode(JSON.stringify(changed))))
    expect(error.code).toBe(code)
    expect(error.detail).toMatchObject({ document: name })
  })

  it('throws nothing but ParseError, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8Encode)), (hostile) => {
        // Arbitrary JSON is a document now and then: `{"a": []}` is a history.
        expect(errorOrNothing(() => parse(hostile))).toSatisfy(
          (error) => error === undefined || error instanceof ParseError,
        )
      }),
    )
  })
})

describe('output documents', () => {
  it('have one spelling, whatever order their members came in', () => {
    const reversed = Object.fromEntries(Object.entries(summary).reverse()) as unknown as ModelSummary
    expect(serializeModelSummary(reversed)).toEqual(serializeModelSummary(summary))
  })

  it('cannot hold what JSON has no number for', () => {
    expect(errorOf(ParseError, () => serializeMetrics({ loss: [Number.NaN] })).code).toBe('NOT_CANONICALIZABLE')
  })

  it('spell floats that are whole as floats', () => {
    expect(utf8Decode(serializeMetrics({ loss: [1.7e18, -1e21, 2 ** 53, 2 ** 53 - 1, -0] }))).toContain(
      '1.7e+18,\n    -1e+21,\n    9.007199254740992e+15,\n    9007199254740991,\n    0\n',
    )
  })

  it('keep every float bit for bit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (loss) => {
        expect(parseMetrics(serializeMetrics({ loss }))).toEqual({
          loss: loss.map((value) => (value === 0 ? 0 : value)),
        })
      }),
    )
  })
})

function errorOrNothing(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}
