/** From a schema's issues to problems that name path, expectation and finding. @module */

import { describeProblems, describeValue, parseWith } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

const schema = z.strictObject({
  epochs: z.int().min(1).max(100),
  rate: z.number().gt(0).lt(1).optional(),
  mode: z.enum(['tf', 'caffe']).optional(),
  shape: z.array(z.int()).optional(),
  label: z.union([z.string(), z.number()]).optional(),
  code: z
    .string()
    .regex(/^[0-9]+$/, 'expected digits')
    .optional(),
})

describe('parseWith', () => {
  it('gives what the schema makes of the value', () => {
    expect(parseWith(schema, { epochs: 3 }, 'parameters')).toEqual({ epochs: 3 })
  })

  it.each([
    ['a wrong type', { epochs: '3' }, 'epochs', 'number', '"3"'],
    ['nothing where something must be', {}, 'epochs', 'number', 'nothing'],
    ['null', { epochs: null }, 'epochs', 'number', 'null'],
    ['a fraction where none may be', { epochs: 1.5 }, 'epochs', 'int', '1.5'],
    ['too little', { epochs: 0 }, 'epochs', '≥ 1', '0'],
    ['too much', { epochs: 101 }, 'epochs', '≤ 100', '101'],
    ['the excluded end of a range', { epochs: 1, rate: 0 }, 'rate', '> 0', '0'],
    ['the other excluded end', { epochs: 1, rate: 1 }, 'rate', '< 1', '1'],
    ['no choice', { epochs: 1, mode: 'torch' }, 'mode', '"tf" or "caffe"', '"torch"'],
    ['an item of a list', { epochs: 1, shape: [1, 'x'] }, 'shape.1', 'number', '"x"'],
    ['no alternative', { epochs: 1, label: [] }, 'label', 'string or number', 'a list of 0'],
    ['text of another form', { epochs: 1, code: 'x' }, 'code', 'digits', '"x"'],
    ['an unknown member', { epochs: 1, 'epoch s': 2 }, 'epoch s', 'no such member', '"epoch s"'],
    ['an object', { epochs: { a: 1 } }, 'epochs', 'number', 'an object'],
  ])('names %s', (_, value, path, expected, got) => {
    expect(() => parseWith(schema, value, 'parameters', 'PARAMETER_INVALID')).toThrow(
      expect.objectContaining({
        code: 'PARAMETER_INVALID',
        detail: { document: 'parameters', problems: [{ path, expected, got }] },
        message: `parameters: ${path}: expected ${expected}, got ${got}`,
      }),
    )
  })

  it('names every problem, not the first alone', () => {
    expect(() => parseWith(schema, { epochs: 0, mode: 'x', a: 1, b: 2 }, 'document')).toThrow(
      expect.objectContaining({
        code: 'DOCUMENT_INVALID',
        detail: expect.objectContaining({
          problems: ['epochs', 'mode', 'a', 'b'].map((path) => expect.objectContaining({ path })),
        }),
      }),
    )
  })

  it('calls a document that is wrong as a whole the document', () => {
    expect(() => parseWith(schema, [], 'job.json')).toThrow('job.json: document: expected object, got a list of 0')
  })
})

it('describeProblems puts all problems on one line', () => {
  const problems = [
    { path: 'a', expected: '1', got: '2' },
    { path: '', expected: 'an object', got: 'null' },
  ]
  expect(describeProblems({ document: 'x.yaml', problems })).toBe(
    'x.yaml: a: expected 1, got 2; document: expected an object, got null',
  )
})

it.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [0, '0'],
  [false, 'false'],
  ['a\nb', String.raw`"a\nb"`],
  [[1, 2], 'a list of 2'],
  [{}, 'an object'],
  ['x'.repeat(200), `"${'x'.repeat(63)}…`],
])('describeValue shows %j on one short line', (value, text) => {
  expect(describeValue(value)).toBe(text)
})
