import { ParseError, utf8Encode } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseDatasetDefinition } from '../src/dataset-definition.ts'
import { errorOf } from './error-of.ts'

const parse = (text: string): ReturnType<typeof parseDatasetDefinition> => parseDatasetDefinition(utf8Encode(text))

const CSV = `
columns: { alcohol: float, region: category, quality: int }
label: quality
input_shape: [3]
output_shape: [3]
`

const SEVERAL = `
columns: { alcohol: float, age: int, region: category, quality: int }
label: quality
output_shape: [3]
@inputs
input_shape: @shapes
`
const LABELS = `
columns: { alcohol: float, price: float, quality: int }
label: @label
input_shape: [1]
output_shape: @shapes
`

const TFRECORD = `
type: tfrecord
features: { features: { shape: [13], dtype: float32 } }
label: { name: label, dtype: int64 }
input_shape: [13]
output_shape: [3]
`

describe('dataset definition', () => {
  it('is a CSV without preprocessing, missing values refused, unless it says otherwise', () => {
    expect(parse(CSV)).toEqual({
      type: 'csv',
      columns: [
        { name: 'alcohol', type: 'float' },
        { name: 'region', type: 'category' },
        { name: 'quality', type: 'int' },
      ],
      label: 'quality',
      missing: 'refuse',
      inputShape: [3],
      outputShape: [3],
      preprocessing: {},
    })
  })

  it('keeps the order of columns, of those with numbers for names too', () => {
    const definition = parse(
      'columns: { b: int, 10: int, 2: int, a: int }\nlabel: "2"\ninput_shape: [3]\noutput_shape: [1]',
    )
    expect(definition.type === 'csv' && definition.columns.map(({ name }) => name)).toEqual(['b', '10', '2', 'a'])
  })

  it.each([
    ['normalize: true', { normalize: 'standardize' }],
    ['normalize: standardize', { normalize: 'standardize' }],
    ['normalize: minmax', { normalize: 'minmax' }],
    ['normalize: false', {}],
    ['scale: 0.5', { scale: 0.5 }],
    ['clip: [0.0, 1.0]', { clip: [0, 1] }],
    ['{}', {}],
  ])('reads preprocessing %s', (text, expected) => {
    expect(parse(`${CSV}preprocessing: ${text === '{}' ? text : `{ ${text} }`}`).preprocessing).toEqual(expected)
  })

  it.each([
    ['mean', 'mean'],
    ['median', 'median'],
    ['-1.5', -1.5],
  ])('reads missing: %s', (text, expected) => {
    expect(parse(`${CSV}missing: ${text}`)).toMatchObject({ missing: expected })
    expect(parse(`${TFRECORD}missing: ${text}`)).toMatchObject({ missing: expected })
  })

  it('reads the other types', () => {
    const image = parse(
      'type: image\nimage_size: [8, 8]\ncolor_mode: grayscale\ninput_shape: [8, 8, 1]\noutput_shape: [10]',
    )
    const tfrecord = parse(TFRECORD)
    const parquet = parse(`type: parquet${CSV}`)
    expect(image).toMatchObject({ imageSize: [8, 8], colorMode: 'grayscale' })
    expect(tfrecord).toMatchObject({
      features: [{ name: 'features', shape: [13], dtype: 'float32' }],
      flattenFeatures: true,
      missing: 'refuse',
    })
    expect(parquet).toMatchObject({ type: 'parquet', label: 'quality' })
  })

  it.each([
    ['an unknown member', `${CSV}colour: red`, 'colour'],
    ['an unknown member below', `${CSV}preprocessing: { normalise: true }`, 'preprocessing.normalise'],
    ['a member of another type', `${CSV}image_size: [8, 8]`, 'image_size'],
    ['an unknown type', CSV.replace('columns', 'type: excel\ncolumns'), 'type'],
    ['a column of an unknown type', CSV.replace('float', 'double'), 'columns.alcohol'],
    ['a feature of text', CSV.replace('category', 'text'), 'columns.region'],
    ['a label that is no column', CSV.replace('label: quality', 'label: price'), 'label'],
    ['no column beside the label', CSV.replace('alcohol: float, region: category, ', ''), 'columns'],
    ['no columns', CSV.replace(/columns.*/, ''), 'columns'],
    ['a shape of 0', CSV.replace('input_shape: [3]', 'input_shape: [0]'), 'input_shape.0'],
    ['a shape of text', CSV.replace('output_shape: [3]', 'output_shape: three'), 'output_shape'],
    ['an empty shape', CSV.replace('output_shape: [3]', 'output_shape: []'), 'output_shape'],
    ['an open shape', CSV.replace('input_shape: [3]', 'input_shape: [null]'), 'input_shape.0'],
    ['a clip upside down', `${CSV}preprocessing: { clip: [1, 0] }`, 'preprocessing.clip'],
    ['a clip of one', `${CSV}preprocessing: { clip: [1] }`, 'preprocessing.clip'],
    ['a mode for a table', `${CSV}preprocessing: { mode: tf }`, 'preprocessing.mode'],
    ['missing: NaN', `${CSV}missing: .nan`, 'missing'],
    ['an unknown policy for examples', `${TFRECORD}missing: zero`, 'missing'],
    ['a list', '- a', ''],
    ['nothing', '', ''],
    ['a member twice', `${CSV}label: alcohol`, ''],
    ['a column twice', CSV.replace('region', 'alcohol'), ''],
    ['two documents', `${CSV}---\n${CSV}`, ''],
    ['a tag', CSV.replace('label: quality', 'label: !!js/function quality'), ''],
    ['a member called __proto__', `${CSV}__proto__: { a: 1 }`, ''],
    ['bad syntax', '{ columns: [', ''],
  ])('refuses %s, naming its path', (_, text, path) => {
    const error = errorOf(ParseError, () => parse(text))
    expect(error.code).toBe('DEFINITION_INVALID')
    const { problems } = error.detail as { problems: { path: string }[] }
    expect(problems.map((problem) => problem.path)).toContain(path)
  })

  it('names every problem at once', () => {
    const error = errorOf(ParseError, () =>
      parse('columns: { a: real }\nlabel: 5\ninput_shape: 3\noutput_shape: [3]\nx: 1'),
    )
    const { problems } = error.detail as { problems: { path: string }[] }
    expect(problems.map(({ path }) => path).sort()).toEqual(['columns.a', 'input_shape', 'label', 'x'])
  })

  it.each([
    ['by the model’s names', 'inputs: { b: [region], a: [alcohol, age] }', '{ a: [2], b: [2] }', 'a'],
    ['in the model’s order', 'inputs: [[alcohol, age], [region]]', '[[2], [2]]', undefined],
  ])('reads several inputs %s', (_, inputs, shapes, name) => {
    const definition = parse(SEVERAL.replace('@inputs', inputs).replace('@shapes', shapes))
    expect(definition).toMatchObject({
      label: 'quality',
      outputShape: [3],
      inputs: expect.arrayContaining([
        { ...(name === undefined ? {} : { name }), columns: ['alcohol', 'age'], shape: [2] },
      ]),
    })
    expect(definition).not.toHaveProperty('inputShape')
  })

  it.each([
    ['by the model’s names', '{ y: quality, z: price }', '{ z: [1], y: [3] }', 'y', 'z'],
    ['in the model’s order', '[quality, price]', '[[3], [1]]', undefined, undefined],
  ])('reads several labels %s', (_, label, shapes, y, z) => {
    const definition = parse(LABELS.replace('@label', label).replace('@shapes', shapes))
    expect(definition).toMatchObject({
      inputShape: [1],
      outputs: [
        { ...(y === undefined ? {} : { name: y }), label: 'quality', shape: [3] },
        { ...(z === undefined ? {} : { name: z }), label: 'price', shape: [1] },
      ],
    })
    expect(definition).not.toHaveProperty('label')
  })

  it('reads examples of several inputs and outputs', () => {
    const definition = parse(`
type: tfrecord
features: { image: { shape: [8, 8, 1], dtype: bytes }, age: { shape: [1], dtype: int64 } }
label: { kind: { name: kind, dtype: string }, price: { name: price, dtype: float32 } }
flatten_features: false
input_shape: { image: [8, 8, 1], age: [1] }
output_shape: { kind: [4], price: [1] }`)
    expect(definition).toMatchObject({
      features: [{ name: 'image' }, { name: 'age' }],
      inputShapes: [
        { name: 'image', shape: [8, 8, 1] },
        { name: 'age', shape: [1] },
      ],
      outputs: [
        { name: 'kind', label: { name: 'kind', dtype: 'string' }, shape: [4] },
        { name: 'price', label: { name: 'price', dtype: 'float32' }, shape: [1] },
      ],
    })
  })

  it.each([
    ['inputs without a shape for each', 'inputs: { a: [alcohol, age], b: [region] }', '[4]', 'input_shape'],
    ['shapes by other names', 'inputs: { a: [alcohol, age], b: [region] }', '{ a: [2], c: [2] }', 'input_shape'],
    ['several shapes for one input', '', '{ a: [2], b: [2] }', 'input_shape'],
    ['a column that no input takes', 'inputs: { a: [alcohol], b: [region] }', '{ a: [1], b: [2] }', 'columns.age'],
    [
      'an input of the label',
      'inputs: { a: [alcohol, age, quality], b: [region] }',
      '{ a: [3], b: [2] }',
      'inputs.a.2',
    ],
    ['an input of no column', 'inputs: [[alcohol, age], [place], [region]]', '[[2], [1], [2]]', 'inputs.1.0'],
    ['an empty input', 'inputs: { a: [alcohol, age, region], b: [] }', '{ a: [2], b: [2] }', 'inputs.b'],
    ['a shape of 0 among several', 'inputs: [[alcohol, age], [region]]', '[[2], [0]]', 'input_shape.1.0'],
  ])('refuses %s, naming its path', (_, inputs, shapes, path) => {
    const error = errorOf(ParseError, () => parse(SEVERAL.replace('@inputs', inputs).replace('@shapes', shapes)))
    const { problems } = error.detail as { problems: { path: string }[] }
    expect(problems.map((problem) => problem.path)).toContain(path)
  })

  it.each([
    ['one shape for several labels', '[quality, price]', '[3]', 'output_shape'],
    ['one column for two labels', '[quality, quality]', '[[3], [3]]', 'label'],
    ['a label that is no column', '{ y: quality, z: cost }', '{ y: [3], z: [1] }', 'label.z'],
  ])('refuses %s, naming its path', (_, label, shapes, path) => {
    const error = errorOf(ParseError, () => parse(LABELS.replace('@label', label).replace('@shapes', shapes)))
    const { problems } = error.detail as { problems: { path: string }[] }
    expect(problems.map((problem) => problem.path)).toContain(path)
  })

  it.each([
    ['several shapes for features side by side', { flatten: true, input: '{ a: [1], b: [1] }' }, 'input_shape'],
    ['one shape for two features apart', { flatten: false, input: '[2]' }, 'input_shape'],
    ['a label among the features', { label: '{ name: a, dtype: int64 }' }, 'label.name'],
    ['an unknown dtype', { label: '{ name: y, dtype: float64 }' }, 'label.dtype'],
    ['a shape of a text', { label: '{ name: y, dtype: string, shape: [2] }' }, 'label.shape'],
    ['a feature of more numbers than a record holds', { shape: '[65536, 65536]' }, 'features.a.shape'],
  ])('refuses examples with %s, naming the path', (_, parts: Readonly<Record<string, string | boolean>>, path) => {
    const { flatten = true, input = '[2]', label = '{ name: y, dtype: int64 }', shape = '[1]' } = parts
    const text = `
type: tfrecord
features: { a: { shape: ${shape}, dtype: float32 }, b: { shape: [1], dtype: int64 } }
label: ${label}
flatten_features: ${flatten}
input_shape: ${input}
output_shape: [2]`
    const { problems } = errorOf(ParseError, () => parse(text)).detail as { problems: { path: string }[] }
    expect(problems.map((problem) => problem.path)).toContain(path)
  })

  it('says what came', () => {
    const error = errorOf(ParseError, () => parse(CSV.replace('float', 'double')))
    expect(error.message).toBe(
      'dataset definition: columns.alcohol: expected "float" or "int" or "category" or "text", got "double"',
    )
  })

  it.each([
    ['more than 256 KiB', 'LIMIT_EXCEEDED', `# ${'x'.repeat(256 * 1024)}`],
    ['aliases of aliases', 'DEFINITION_INVALID', billionLaughs()],
    ['nesting past the stack', 'DEFINITION_INVALID', '['.repeat(100_000)],
  ])('refuses %s', (_, code, text) => {
    expect(errorOf(ParseError, () => parse(text)).code).toBe(code)
  })

  it('looks at a mapping of very many members once', () => {
    const columns = Array.from({ length: 20_000 }, (_, index) => ` ${index}: int`).join('\n')
    const definition = parse(`label: "0"\ninput_shape: [19999]\noutput_shape: [1]\ncolumns:\n${columns}`)
    expect(definition.type === 'csv' && definition.columns.length).toBe(20_000)
  })

  it('throws nothing but ParseError, whatever comes', () => {
    const fragments = fc.array(
      fc.constantFrom('columns', ':', ' ', '\n', '[', ']', '{', '}', '&a', '*a', '- ', '"', '!', '1', '?', '|'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fragments.map((parts) => utf8Encode(parts.join(''))),
        ),
        (bytes) => {
          expect(errorOf(ParseError, () => parseDatasetDefinition(bytes))).toBeInstanceOf(ParseError)
        },
      ),
    )
  })
})

function billionLaughs(): string {
  const levels = Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]`)
  return ['a0: &a0 lol', ...levels].join('\n')
}
