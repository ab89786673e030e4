/** Only what the infrastructure did is tried again. @module */

import { ArtifactError, ParseError, TrainingError, VerificationError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { isDatabaseUnavailable, isInfrastructureFailure } from '../../src/jobs/infrastructure-failure.ts'

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more })

describe('isInfrastructureFailure', () => {
  it.each([
    ['a store that is away', new ArtifactError('STORE_UNAVAILABLE', 'away', { reason: 'ECONNREFUSED' }), true],
    ['a database that is away', new ArtifactError('DATABASE_UNAVAILABLE', 'away', { reason: '57P01' }), true],
    ['a full disk', new ArtifactError('OUTPUT_UNWRITABLE', 'full', { path: 'x', reason: 'ENOSPC' }), true],
    ['a full disk, as the system says it', withCode('ENOSPC', { syscall: 'write' }), true],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), true],
    ['a query on such a connection', new Error('query', { cause: withCode('ECONNRESET') }), true],
    ['a server that shuts down', withCode('57P01'), true],
    ['a transaction that lost to another', withCode('40001'), true],
    [
      'a path that is not writable',
      new ArtifactError('OUTPUT_UNWRITABLE', 'no', { path: 'x', reason: 'EACCES' }),
      false,
    ],
    ['an artifact that is not there', new ArtifactError('ARTIFACT_NOT_FOUND', 'no', { sha256: 'ab' }), false],
    ['a broken constraint', withCode('23505'), false],
    ['a run that failed', new TrainingError('TRAINING_DIVERGED', 'NaN', { epoch: 1, metric: 'loss' }), false],
    ['a run that was killed', new TrainingError('CHILD_DIED', 'killed', { exitCode: null, signal: 'SIGKILL' }), false],
    ['a document', new ParseError('TIMESTAMP_INVALID', 'no', { value: 'x' }), false],
    ['a claim', new VerificationError('SIGNATURE_INVALID', 'no', { subject: 'x', keyid: 'y' }), false],
    ['a mistake of ours', new TypeError('undefined is not a function'), false],
    ['nothing known', 'a string', false],
  ])('%s: %#', (_, error, expected) => {
    expect(isInfrastructureFailure(error)).toBe(expected)
  })

  it('takes a broken disk for no database that is away', () => {
    expect(isDatabaseUnavailable(withCode('EIO', { syscall: 'fsync' }))).toBe(false)
  })
})
