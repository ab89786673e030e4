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

  it.each([
    ['class_weight', '0=1,1=5', '{"0":1,"1":5}'],
    ['class_weight', '{"setosa, early":0.5}', '{"setosa, early":0.5}'],
    ['class_weight', { yes: 2 }, '{"yes":2}'],
    [
      'early_stopping',
      'patience=5,monitor=loss,restore_best_weights=true',
      '{"min_delta":0,"mode":"auto","monitor":"loss","patience":5,"restore_best_weights":true,"start_from_epoch":0}',
    ],
    [
      'early_stopping',
      { baseline: 0.5, mode: 'max' },
      '{"baseline":0.5,"min_delta":0,"mode":"max","monitor":"val_loss","patience":0,"restore_best_weights":false,"start_from_epoch":0}',
    ],
    [
      'reduce_lr_on_plateau',
      '{"factor":0.5}',
      '{"cooldown":0,"factor":0.5,"min_delta":0.0001,"min_lr":0,"mode":"auto","monitor":"val_loss","patience":10}',
    ],
  ])('keeps %s %j as one text with its defaults', (name, given, spelled) => {
    const parameters = fillTrainingParameters({ [name]: given }, { seed: 7 })
    expect(parameters).toEqual({ ...filled, [name]: spelled })
    expect(parseTrainingParameters(parameters)).toEqual(parameters)
    expect(fillTrainingParameters(parameters, { seed: 1 })).toEqual(parameters)
  })

  it.each([
    ['class_weight', '1:5', 'class_weight', 'record'],
    ['class_weight', '0=-1', 'class_weight.0', 'a number ≥ 0'],
    ['class_weight', '0=much', 'class_weight.0', 'a number ≥ 0'],
    ['class_weight', {}, 'class_weight', 'from 1 to 10000 classes'],
    ['early_stopping', 'patience=1.5', 'early_stopping.patience', 'an integer ≥ 0'],
    ['early_stopping', 'patience=1,patience=2', 'early_stopping', 'object'],
    ['early_stopping', 'mode=down', 'early_stopping.mode', '"auto" or "min" or "max"'],
    ['early_stopping', { verbose: 1 }, 'early_stopping.verbose', 'no such member'],
    ['reduce_lr_on_plateau', 'factor=1', 'reduce_lr_on_plateau.factor', 'a number x with 0 < x < 1'],
    ['reduce_lr_on_plateau', 'min_lr=-1', 'reduce_lr_on_plateau.min_lr', 'a number ≥ 0'],
    ['reduce_lr_on_plateau', true, 'reduce_lr_on_plateau', 'object'],
  ])('refuses %s %j at %s', (name, given, path, expected) => {
    const error = errorOf(ParseError, () => fillTrainingParameters({ [name]: given }, { seed: 7 }))
    expect(error.code).toBe('PARAMETER_INVALID')
    expect(error.detail).toMatchObject({ problems: [{ path, expected }] })
  })

  it.each([
    ['a list', 'patience=5'],
    ['a text without its defaults', '{"patience":5}'],
    ['an object', { patience: 5 }],
  ])('refuses %s in a record, which has one spelling', (_, early_stopping) => {
    const error = errorOf(ParseError, () => parseTrainingParameters({ ...filled, early_stopping }))
    expect(error.detail).toMatchObject({ problems: [{ path: 'early_stopping' }] })
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
