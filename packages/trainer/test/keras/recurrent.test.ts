import * as tf from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { fit } from '../../src/fit.ts'
import { createKerasModel } from '../../src/keras/create-model.ts'
import { loadKerasModel, writeKerasModel } from '../../src/keras/load-model.ts'
import { createRandom } from '../../src/random.ts'
import { errorOf } from '../error-of.ts'
import { rowSourceOf, upTo, wholeRun } from '../row-tables.ts'
import { buildLayer, slopesOf, valuesFor, type LayerTrial } from './layer-harness.ts'

const SEQUENCE = [4, 3]
const recurrent = (type: string, config: LayerTrial['config'] = {}): LayerTrial => ({
  type,
  config: { units: 3, ...config },
  inputs: [SEQUENCE],
})
const cell = (className: string, config: LayerTrial['config']): LayerTrial['config'] => ({
  module: 'keras.layers',
  class_name: className,
  registered_name: null,
  config: { name: 'cell', ...config },
})

const TRIALS: readonly LayerTrial[] = [
  recurrent('SimpleRNN', { return_sequences: true }),
  recurrent('LSTM'),
  recurrent('LSTM', { return_sequences: true, go_backwards: true, use_bias: false }),
  recurrent('LSTM', { dropout: 0.3, recurrent_dropout: 0.3 }),
  recurrent('GRU'),
  {
    type: 'ConvLSTM1D',
    config: { filters: 2, kernel_size: 2, dropout: 0.3, recurrent_dropout: 0.3 },
    inputs: [[3, 4, 2]],
  },
  recurrent('GRU', { reset_after: false, return_sequences: true }),
  recurrent('GRU', { reset_after: false, dropout: 0.3, recurrent_dropout: 0.3 }),
  {
    type: 'RNN',
    config: {
      cell: cell('StackedRNNCells', { cells: [cell('LSTMCell', { units: 2 }), cell('GRUCell', { units: 3 })] }),
    },
    inputs: [SEQUENCE],
  },
]

beforeAll(async () => {
  await loadBackend('cpu')
})

describe('recurrent layers', () => {
  it.each(TRIALS.map((trial) => [`${trial.type} ${JSON.stringify(trial.config)}`, trial] as const))(
    'have the slopes that small steps show: %s',
    (_name, trial) => {
      const layer = buildLayer(trial)
      const values = valuesFor(layer, trial)
      const { total, slopes } = slopesOf(layer, trial)
      slopes(values).forEach((slope, which) => {
        slope.forEach((expected, index) => {
          const moved = (by: number): number =>
            total(values.map((value, n) => (n === which ? value.with(index, (value[index] ?? 0) + by) : value)))
          expect(Math.abs((moved(0.01) - moved(-0.01)) / 0.02 - expected)).toBeLessThan(5e-3)
        })
      })
    },
  )

  it.each([
    ['states kept from batch to batch', recurrent('LSTM', { stateful: true }), { name: 'stateful' }],
    ['an unknown activation', recurrent('GRU', { recurrent_activation: 'glue' }), { name: 'glue' }],
    [
      'a cell of another kind',
      { type: 'RNN', config: { cell: cell('MyCell', {}) }, inputs: [SEQUENCE] },
      { name: 'MyCell' },
    ],
  ])('refuse %s by name', (_name, trial, detail) => {
    expect(errorOf(TrainingError, () => buildLayer(trial))).toMatchObject({ code: 'MODEL_UNSUPPORTED', detail })
  })

  it('refuse what is no sequence', () => {
    const trial = { ...recurrent('LSTM'), inputs: [[3]] }
    expect(errorOf(TrainingError, () => buildLayer(trial))).toMatchObject({ code: 'MODEL_INVALID' })
  })
})

describe('a recurrent model', () => {
  const words = Array.from({ length: 40 }, (_, row) =>
    Array.from({ length: 6 }, (_, step) => (row * 7 + step * step) % 9),
  )
  const data = rowSourceOf(
    [words],
    words.map(([first = 0, second = 0]) => [first > second ? 1 : 0]),
  )
  const create = (type: 'LSTM' | 'GRU' | 'SimpleRNN'): Uint8Array =>
    createKerasModel({
      name: 'text',
      input: [6],
      layers: [
        { type: 'Embedding', inputDim: 9, outputDim: 4 },
        { type, units: 5, returnSequences: true, dropout: 0.2, recurrentDropout: 0.2 },
        { type, units: 3 },
        { type: 'Dense', units: 1, activation: 'sigmoid' },
      ],
      compile: { optimizer: { type: 'Adam', learningRate: 0.02 }, loss: 'binary_crossentropy' },
      seed: 3,
    })

  it.each(['LSTM', 'GRU', 'SimpleRNN'] as const)(
    'of %s learns, the same from the same seed, and leaks nothing',
    async (type) => {
      await loadBackend('wasm')
      const before = tf.memory().numTensors
      const counts: number[] = []
      const train = async (): Promise<{ readonly losses: readonly number[]; readonly bytes: Uint8Array }> => {
        const model = await loadKerasModel(create(type))
        const history = await fit(model, data, {
          ...wholeRun(upTo(40), new Uint32Array(0)),
          epochs: 3,
          batchSize: 8,
          random: createRandom(5),
          onBatch: () => counts.push(tf.memory().numTensors),
        })
        return { losses: history.loss ?? [], bytes: writeKerasModel(model) }
      }
      const first = await train()
      expect(first.losses.at(-1)).toBeLessThan(first.losses[0] ?? 0)
      expect(await train()).toEqual(first)
      expect(new Set(counts.slice(1)).size).toBe(1)
      expect(tf.memory().numTensors).toBe(before)
    },
  )
})
