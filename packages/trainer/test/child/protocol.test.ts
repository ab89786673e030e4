import { ParseError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseChildMessage, parseParentMessage, type ChildMessage } from '../../src/child/protocol.ts'
import { errorOf } from '../error-of.ts'

const messages: ChildMessage[] = [
  {
    type: 'started',
    backend: { name: 'wasm', reason: 'asked for', versions: { '@tensorflow/tfjs-core': '4.22.0' }, devices: [] },
  },
  { type: 'batch', epoch: 1, epochs: 2, batch: 3, batches: 9, metrics: { loss: 0.5 } },
  { type: 'epoch', epoch: 1, epochs: 2, metrics: { loss: 0.5, val_loss: 0.25 }, secondsLeft: 1.5 },
  { type: 'failed', code: 'DATASET_INVALID', message: 'data set: row 2', detail: { reason: 'x', row: 2 } },
  { type: 'finished' },
]

describe('protocol of the training child', () => {
  it.each(messages)('takes $type as it is', (message) => {
    expect(parseChildMessage(structuredClone(message))).toEqual(message)
  })

  it.each([
    ['an unknown type', { type: 'done' }],
    ['an unknown member', { type: 'finished', outputs: [] }],
    ['a missing member', { type: 'batch', epoch: 1 }],
    ['an epoch 0', { type: 'epoch', epoch: 0, epochs: 1, metrics: {}, secondsLeft: 0 }],
    ['a metric that is no number', { type: 'epoch', epoch: 1, epochs: 1, metrics: { loss: null }, secondsLeft: 0 }],
    ['very many metrics', { type: 'epoch', epoch: 1, epochs: 1, metrics: manyMetrics(), secondsLeft: 0 }],
    ['a code that is none', { type: 'failed', code: 'rm -rf', message: '', detail: {} }],
    ['a message without end', { type: 'failed', code: 'X', message: 'x'.repeat(65_537), detail: {} }],
    ['nothing', undefined],
  ])('refuses %s', (_, value) => {
    expect(errorOf(ParseError, () => parseChildMessage(value)).code).toBe('DOCUMENT_INVALID')
  })

  it('throws nothing but ParseError, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(errorOf(ParseError, () => parseChildMessage(value)).code).toBe('DOCUMENT_INVALID')
        expect(errorOf(ParseError, () => parseParentMessage(value)).code).toBe('DOCUMENT_INVALID')
      }),
    )
  })

  it('knows one word of the parent', () => {
    expect(parseParentMessage({ type: 'cancel' })).toEqual({ type: 'cancel' })
  })
})

function manyMetrics(): Record<string, number> {
  return Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`m${index}`, 0]))
}
