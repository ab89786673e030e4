import { TrainingError } from '@aibomgen/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { ImageDefinition } from '../../src/dataset-definition.ts'
import { ChannelStatistics } from '../../src/datasets/channel-statistics.ts'
import { createPixelPreparation, fitImageSteps } from '../../src/datasets/image-preprocessing.ts'
import type { KeptRow } from '../../src/datasets/row-file.ts'
import { errorOf } from '../error-of.ts'

type Preprocessing = ImageDefinition['preprocessing']

const channels = [
  { min: 0, max: 200, mean: 50, std: 10 },
  { min: 10, max: 20, mean: 15, std: 2 },
  { min: 0, max: 255, mean: 100, std: 50 },
]

function prepare(preprocessing: Preprocessing, values: readonly number[]): number[] {
  const apply = createPixelPreparation(fitImageSteps(preprocessing, channels), 3)
  const run = (row: KeptRow): number[] => {
    const into = new Float32Array(values.length)
    apply(row, into, 0)
    return [...into]
  }
  const prepared = run(Float32Array.from(values))
  // Bytes go through tables, floats do not: both give the same.
  if (values.every((value) => Number.isInteger(value))) expect(run(Uint8Array.from(values))).toEqual(prepared)
  return prepared
}

describe('the steps of images', () => {
  it.each<[string, Preprocessing, readonly number[]]>([
    ['nothing', {}, [10, 128, 250]],
    ['standardize', { normalize: 'standardize' }, [-4, 56.5, 3]],
    ['minmax', { normalize: 'minmax' }, [0.05, 11.8, 250 / 255]],
    ['scale', { scale: 0.5 }, [5, 64, 125]],
    ['clip', { clip: [20, 200] }, [20, 128, 200]],
    ['all, in order', { normalize: 'standardize', scale: 2, clip: [-5, 100] }, [-5, 100, 6]],
    // What preprocess_input of Keras 3.15 gives.
    ['mode caffe', { mode: 'caffe' }, [146.06100463867188, 11.221000671386719, -113.68000030517578]],
    ['mode tf', { mode: 'tf' }, [-0.9215686321258545, 0.003921627998352051, 0.9607843160629272]],
    ['mode torch', { mode: 'torch' }, [-1.9466564655303955, 0.20518219470977783, 2.552854299545288]],
  ])('%s', (_what, preprocessing, expected) => {
    const prepared = prepare(preprocessing, [10, 128, 250])
    prepared.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 5))
  })

  it('keep pixels apart', () => {
    expect(prepare({ mode: 'caffe' }, [0, 0, 0, 255, 255, 255]).map(Math.round)).toEqual([
      ...[-104, -117, -124],
      ...[151, 138, 131],
    ])
  })

  it('refuse what leaves float32, and minmax of one value', () => {
    expect(errorOf(TrainingError, () => prepare({ scale: 1e38 }, [1, 2, 3])).code).toBe('DATASET_INVALID')
    const constant = [{ min: 7, max: 7, mean: 7, std: 0 }]
    expect(errorOf(TrainingError, () => fitImageSteps({ normalize: 'minmax' }, constant)).code).toBe('DATASET_INVALID')
  })
})

describe('statistics of channels', () => {
  it('are those of all pixels of the rows asked for, and no other', () => {
    const row = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.boolean(), (rows, asFloats) => {
        const statistics = new ChannelStatistics(rows.length, { channels: 2, valuesPerChannel: 3 })
        for (const [index, values] of rows.entries()) {
          statistics.set(index, asFloats ? Float32Array.from(values) : Uint8Array.from(values))
        }
        const wanted = rows.map((_, index) => index).filter((index) => index % 2 === 0)
        const over = statistics.over(Uint32Array.from(wanted.toReversed()))
        for (const [channel, { min, max, mean, std }] of over.entries()) {
          const all = wanted.flatMap((index) => (rows[index] ?? []).filter((_, at) => at % 2 === channel))
          const sum = all.reduce((total, value) => total + value, 0)
          expect([min, max, mean]).toEqual([Math.min(...all), Math.max(...all), sum / all.length])
          const variance = all.reduce((total, value) => total + (value - mean) ** 2, 0) / all.length
          expect(std).toBeCloseTo(Math.sqrt(variance), 9)
        }
      }),
    )
  })
})
