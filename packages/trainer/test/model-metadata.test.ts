import { ParseError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { METADATA_NAMES, parseModelMetadata } from '../src/model-metadata.ts'
import { errorOf } from './error-of.ts'

describe('model metadata', () => {
  it('keeps every member that SPEC names', () => {
    const given = Object.fromEntries(METADATA_NAMES.map((name) => [name, `about ${name}`]))
    expect(parseModelMetadata(given)).toEqual({ ...given, framework: 'TensorFlow.js' })
  })

  it('records what really trains, also under the name that the original knew', () => {
    expect(parseModelMetadata({ framework: 'TensorFlow 2.16.1' })).toEqual({ framework: 'TensorFlow.js' })
  })

  it('leaves out what was not said', () => {
    expect(parseModelMetadata({ author: '', model_name: undefined })).toEqual({ framework: 'TensorFlow.js' })
  })

  it.each([
    ['an unknown member', { colour: 'red' }, 'colour'],
    ['a number', { model_version: 2 }, 'model_version'],
    ['a text without end', { author: 'x'.repeat(16_385) }, 'author'],
    ['a lone surrogate', { author: '\ud800' }, 'author'],
    ['another framework', { framework: 'PyTorch' }, 'framework'],
  ])('refuses %s', (_, given, path) => {
    const error = errorOf(ParseError, () => parseModelMetadata(given))
    expect(error.code).toBe('DOCUMENT_INVALID')
    expect(error.detail).toMatchObject({ problems: [{ path }] })
  })
})
