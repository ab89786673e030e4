import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../src/backends/load-backend.ts'
import type { FitOptions } from '../src/fit-options.ts'
import { fit } from '../src/fit.ts'
import { data, model, options } from './small-model.ts'

beforeAll(async () => {
  await loadBackend('wasm')
})

describe('watchers', () => {
  const never = { mode: 'auto', min_delta: 0, start_from_epoch: 0, restore_best_weights: false } as const
  const wild = { optimizer: { type: 'SGD', learningRate: 1 }, loss: 'mean_squared_error' } as const

  it('stop a run, and bring its best weights back', async () => {
    const seen: number[] = []
    const stopping = { ...never, monitor: 'loss', patience: 2, restore_best_weights: true }
    const trained = await model(undefined, { compile: wild })
    const onEpoch: FitOptions['onEpoch'] = ({ values }) => seen.push(values.loss ?? NaN)
    const restored: unknown[] = []
    const onRestored: FitOptions['onRestored'] = (epoch) => restored.push(epoch)
    const history = await fit(trained, data, { ...options, epochs: 50, earlyStopping: stopping, onEpoch, onRestored })
    expect(history.loss).toEqual(seen)
    expect(seen.length).toBeLessThan(50)
    const best = seen.indexOf(Math.min(...seen))
    expect(best).toBe(seen.length - 3)
    expect(restored).toMatchObject([{ epoch: best, values: { loss: seen[best] } }])
    const again = await model(undefined, { compile: wild })
    await fit(again, data, { ...options, epochs: best + 1 })
    expect(trained.layers.map((layer) => layer.weights.map(({ values }) => values))).toEqual(
      again.layers.map((layer) => layer.weights.map(({ values }) => values)),
    )
  })

  it('lower the rate, and tell it in the history', async () => {
    const plateauDrop = { monitor: 'loss', factor: 0.5, patience: 1, mode: 'max', min_delta: 0, cooldown: 0 } as const
    const history = await fit(await model(), data, {
      ...options,
      epochs: 4,
      plateauDrop: { ...plateauDrop, min_lr: 0.03 },
    })
    const expected = [0.1, 0.1, 0.05, 0.03].map(Math.fround)
    expect(Object.keys(history).at(-1)).toBe('learning_rate')
    expect(history.learning_rate).toEqual(expected)
  })

  it.each([
    ['a name that the history has not', { monitor: 'val_f1', patience: 1, ...never }, 'early_stopping.monitor'],
    ['validation where there is none', { monitor: 'val_loss', patience: 1, ...never }, 'early_stopping.monitor'],
  ])('are refused for %s', async (_, earlyStopping, path) => {
    const run = fit(await model(), data, { ...options, validation: new Uint32Array(0), earlyStopping })
    await expect(run).rejects.toMatchObject({ code: 'PARAMETER_INVALID', detail: { problems: [{ path }] } })
  })
})
