/** The error hierarchy. @module */

import {
  ArtifactError,
  ConfigError,
  CryptoError,
  ParseError,
  SdkError,
  TrainingError,
  VerificationError,
} from '@aibomgen/core'
import { expect, it } from 'vitest'

const cause = new Error('cause')

it.each([
  ['ParseError', new ParseError('ENCODING_INVALID', 'message', { encoding: 'hex' }, { cause })],
  ['VerificationError', new VerificationError('SIGNATURE_INVALID', 'message', { subject: 's', keyid: 'k' }, { cause })],
  ['CryptoError', new CryptoError('PASSPHRASE_WRONG', 'message', {}, { cause })],
  ['ArtifactError', new ArtifactError('ARTIFACT_TOO_LARGE', 'message', { maxBytes: 1 }, { cause })],
  ['TrainingError', new TrainingError('CANCELLED', 'message', {}, { cause })],
  ['ConfigError', new ConfigError('TRUST_ROOT_MISSING', 'message', { looked: [] }, { cause })],
])('%s is an SdkError that says its name, code, detail and cause', (name, error) => {
  expect(error).toBeInstanceOf(SdkError)
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name, message: 'message', cause })
  expect(error.code).toMatch(/^[A-Z_]+$/)
  expect(error.detail).toBeTypeOf('object')
})
