import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

import { canonicalizeJson, utf8Decode, type JsonObject } from '@aibomgen/core'
import { loadBackend } from '../src/backends/load-backend.ts'
import { fit } from '../src/fit.ts'
import type { FitOptions } from '../src/fit-options.ts'
import { loadKerasModel, writeKerasModel } from '../src/keras/load-model.ts'
import type { KerasModel } from '../src/keras/model.ts'
import { createRandom } from '../src/random.ts'
import type { RowSource } from '../src/row-source.ts'
import { data, inputs, model, options } from './small-model.ts'
import { rowSourceOf, upTo } from './row-tables.ts'

/** Which rows were asked for, batch by batch. */
async function rowsOf(changes: Partial<FitOptions>): Promise<number[][]> {
  const asked: number[][] = []
  const watched: RowSource = { ...data, gather: (rows) => (asked.push([...rows]), data.gather(rows)) }
  await fit(await model(), watched, { ...options, validation: new Uint32Array(0), ...changes })
  return asked
}

beforeAll(async () => {
  await loadBackend('wasm')
})

describe('batches', () => {
  it('are of the size asked for, the last one smaller', async () => {
    expect((await rowsOf({})).map((rows) => rows.length)).toEqual([16, 16, 8])
  })

  it('keep the order of the rows where nothing is shuffled', async () => {
    expect((await rowsOf({ epochs: 2 })).flat()).toEqual([...upTo(40), ...upTo(40)])
  })

  it('go through all rows in another order each epoch where they are shuffled', async () => {
    const asked = await rowsOf({ epochs: 2, shuffle: true })
    const [first, second] = [asked.slice(0, 3).flat(), asked.slice(3).flat()]
    expect(first).not.toEqual(second)
    for (const epoch of [first, second]) expect(epoch.toSorted((a, b) => a - b)).toEqual([...upTo(40)])
  })

  it('go on in the next epoch where an epoch of few steps stopped', async () => {
    const asked = await rowsOf({ epochs: 3, stepsPerEpoch: 2 })
    expect(asked.map((rows) => rows[0])).toEqual([0, 16, 32, 0, 16, 32])
  })

  it('run from the initial epoch to the last', async () => {
    const seen: number[] = []
    await fit(await model(), data, { ...options, initialEpoch: 3, epochs: 5, onEpoch: ({ epoch }) => seen.push(epoch) })
    expect(seen).toEqual([3, 4])
  })

  it('never train on a validation row', async () => {
    const asked = await rowsOf({ epochs: 3, shuffle: true })
    expect(Math.max(...asked.flat())).toBe(39)
  })
})

describe('a run that goes on', () => {
  const optimizers = [
    ['SGD', { learning_rate: 0.1, momentum: 0.9 }],
    ['Adam', { learning_rate: 0.05, amsgrad: true, use_ema: true, gradient_accumulation_steps: 2 }],
    ['Nadam', { learning_rate: 0.05 }],
    ['Adafactor', { learning_rate: 0.05 }],
  ] as const

  /** The small model, compiled with another optimizer. */
  async function compiledWith(name: string, config: JsonObject): Promise<KerasModel> {
    const { source, ...parts } = await model()
    const document = JSON.parse(utf8Decode(source.config))
    document.compile_config.optimizer = { module: 'keras.optimizers', class_name: name, config, registered_name: null }
    const written = { ...parts, source: { ...source, config: canonicalizeJson(document) } }
    return loadKerasModel(writeKerasModel(written))
  }

  it.each(optimizers)('ends bit for bit where one that never stopped does: %s', async (name, config) => {
    const whole = await compiledWith(name, config)
    const history = await fit(whole, data, { ...options, epochs: 6 })
    const begun = await compiledWith(name, config)
    const first = await fit(begun, data, { ...options, epochs: 3 })
    const resumed = await loadKerasModel(writeKerasModel(begun))
    const second = await fit(resumed, data, { ...options, initialEpoch: 3, epochs: 6 })
    if (!('use_ema' in config)) {
      expect(writeKerasModel(resumed)).toEqual(writeKerasModel(whole))
      for (const [metric, values] of Object.entries(history)) {
        expect([...(first[metric] ?? []), ...(second[metric] ?? [])]).toEqual(values)
      }
    } else {
      // an end of training makes the average the weights, as in Keras: the optimizer goes on all the same
      expect(resumed.optimizerState?.steps).toBe(whole.optimizerState?.steps)
    }
  })
})

describe('a run', () => {
  it('reports names in the order Keras prints them, validation only when it is due', async () => {
    const history = await fit(await model(), data, { ...options, epochs: 4, validationFreq: 2 })
    expect(Object.entries(history).map(([name, values]) => [name, values.length])).toEqual([
      ['loss', 4],
      ['mae', 4],
      ['val_loss', 2],
      ['val_mae', 2],
    ])
  })

  it('gives the same bytes for the same seed, dropout and shuffling included', async () => {
    const run = async (seed: number): Promise<Uint8Array> => {
      const trained = await model([
        { type: 'Dense', units: 8 },
        { type: 'BatchNormalization' },
        { type: 'Dropout', rate: 0.4 },
      ])
      await fit(trained, data, { ...options, epochs: 2, shuffle: true, random: createRandom(seed) })
      return writeKerasModel(trained)
    }
    const [first, again, other] = [await run(1), await run(1), await run(2)]
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
  })

  it('leaves no tensor behind, batch by batch and at its end', async () => {
    const before = tf.memory().numTensors
    const counts: number[] = []
    const trained = await model([
      { type: 'Dense', units: 4 },
      { type: 'BatchNormalization' },
      { type: 'Dropout', rate: 0.5 },
    ])
    await fit(trained, data, { ...options, epochs: 3, onBatch: () => counts.push(tf.memory().numTensors) })
    expect(new Set(counts.slice(1)).size).toBe(1)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('leaves none behind for lookups either', async () => {
    const trained = await model([{ type: 'Embedding', inputDim: 5, outputDim: 2 }, { type: 'Flatten' }], {
      compile: { optimizer: { type: 'Adam' }, loss: 'mean_squared_error' },
    })
    const words = rowSourceOf(
      [inputs.map((_, row) => [row % 5, (row * 3) % 5])],
      inputs.map(([x = 0]) => [x]),
    )
    const before = tf.memory().numTensors
    await fit(trained, words, { ...options, epochs: 2 })
    expect(tf.memory().numTensors).toBe(before)
    const beyond = rowSourceOf(
      [inputs.map(() => [1, 5])],
      inputs.map(() => [0]),
    )
    await expect(fit(trained, beyond, options)).rejects.toMatchObject({ code: 'DATASET_INVALID' })
  })

  it('stops within one batch, and leaves the model as it was', async () => {
    const stopped = await model()
    const before = writeKerasModel(stopped)
    const control = new AbortController()
    let batches = 0
    const onBatch = (): void => {
      batches += 1
      control.abort()
    }
    const run = fit(stopped, data, { ...options, epochs: 100, signal: control.signal, onBatch })
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(batches).toBe(1)
    expect(writeKerasModel(stopped)).toEqual(before)
  })

  it('fails where the loss is no number any more', async () => {
    const wild = await model(undefined, {
      compile: { optimizer: { type: 'SGD', learningRate: 1e30 }, loss: 'mean_squared_error' },
    })
    await expect(fit(wild, data, { ...options, epochs: 9 })).rejects.toMatchObject({ code: 'TRAINING_DIVERGED' })
  })

  it.each([
    [
      'another input',
      rowSourceOf(
        [inputs.map((row) => [...row, 1])],
        inputs.map(() => [1]),
      ),
    ],
    [
      'another target',
      rowSourceOf(
        [inputs],
        inputs.map(() => [1, 2]),
      ),
    ],
  ])('refuses data of %s', async (_name, other) => {
    await expect(fit(await model(), other, options)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' })
  })

  it('refuses class numbers that the model has no output for', async () => {
    const classifier = await model([], {
      layers: [{ type: 'Dense', units: 3, activation: 'softmax' }],
      compile: { optimizer: { type: 'Adam' }, loss: 'sparse_categorical_crossentropy' },
    })
    const labels = rowSourceOf(
      [inputs],
      inputs.map((_, row) => [row % 4]),
    )
    await expect(fit(classifier, labels, options)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      detail: { what: 'label' },
    })
  })
})
