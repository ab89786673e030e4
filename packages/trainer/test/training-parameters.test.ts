import { ParseError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { fillTrainingParameters, parseTrainingParameters } from '../src/training-parameters.ts'
import { errorOf } from './error-of.ts'

const filled = fillTrainingParameters({}, { seed: 7 })

describe('training parameters', () => {
  it('fills in what SPEC names as defaults, and the drawn seed', () => {
    expect(filled).toEqual({
      epochs: 50,
      validation_split: 0.2,
      initial_epoch: 0,
      batch_size: 32,
      validation_freq: 1,
      shuffle: true,
      seed: 7,
      backend: 'auto',
    })
  })

  it('takes a seed that was asked for over the drawn one, and undefined as not asked for', () => {
    expect(fillTrainingParameters({ seed: 3, steps_per_epoch: undefined }, { seed: 7 })).toEqual({ ...filled, seed: 3 })
  })

  it.each([
    [
      'the smallest',
      { epochs: 1, batch_size: 1, steps_per_epoch: 1, validation_steps: 1, validation_freq: 1, seed: 1 },
    ],
    ['the largest', { epochs: 100_000, initial_epoch: 99_999, validation_split: 0.999, seed: 2 ** 31 - 1 }],
    ['no validation', { validation_split: 0 }],
    ['any backend', { backend: 'node-gpu' }],
  ])('takes %s values', (_, given) => {
    expect(fillTrainingParameters(given, { seed: 7 })).toEqual({ ...filled, ...given })
  })

  it.each([
    ['epochs', 0, 'an integer from 1 to 100000'],
    ['epochs', 100_001, 'an integer from 1 to 100000'],
    ['epochs', 1.5, 'an integer from 1 to 100000'],
    ['epochs', '5', 'an integer from 1 to 100000'],
    ['epochs', Number.NaN, 'an integer from 1 to 100000'],
    ['validation_split', 1, 'a number x with 0 ≤ x < 1'],
    ['validation_split', -0.1, 'a number x with 0 ≤ x < 1'],
    ['validation_split', Number.NaN, 'a number x with 0 ≤ x < 1'],
    ['initial_epoch', 50, 'an integer below epochs'],
    ['initial_epoch', -1, 'an integer ≥ 0'],
    ['batch_size', 0, 'an integer ≥ 1'],
    ['steps_per_epoch', 0, 'an integer ≥ 1'],
    ['validation_steps', null, 'an integer ≥ 1'],
    ['validation_freq', 0, 'an integer ≥ 1'],
    ['shuffle', 'yes', 'boolean'],
    ['seed', 0, 'an integer from 1 to 2147483647'],
    ['seed', 2 ** 31, 'an integer from 1 to 2147483647'],
    ['backend', 'cuda', '"auto" or "wasm" or "cpu" or "node" or "node-gpu" or "webgpu"'],
    ['momentum', 0.9, 'no such member'],
  ])('refuses %s: %s', (path, value, expected) => {
    const error = errorOf(ParseError, () => fillTrainingParameters({ [path]: value }, { seed: 7 }))
    expect(error.code).toBe('PARAMETER_INVALID')
    expect(error.detail).toMatchObject({ problems: [{ path, expected }] })
  })

  it('names everything that is wrong at once', () => {
    const given = { epochs: 0, batch_size: -1, validation_split: 2, momentum: 1 }
    const error = errorOf(ParseError, () => fillTrainingParameters(given, { seed: 7 }))
    const { problems } = error.detail as { problems: { path: string }[] }
    expect(problems.map(({ path }) => path).sort()).toEqual(['batch_size', 'epochs', 'momentum', 'validation_split'])
  })

  it('refuses a record that leaves a parameter out: a job record is complete', () => {
    const incomplete = { ...filled, batch_size: undefined }
    expect(errorOf(ParseError, () => parseTrainingParameters(incomplete)).code).toBe('PARAMETER_INVALID')
  })

  it('throws nothing but ParseError, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(errorOf(ParseError, () => parseTrainingParameters(value)).code).toBe('PARAMETER_INVALID')
      }),
    )
  })
})
