import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { buildLayer, callLayer, numbers, type LayerTrial } from './layer-harness.ts'

const ROWS = 200
const IMAGE = [4, 5, 3]

const TRIALS: readonly LayerTrial[] = [
  { type: 'Dropout', config: { rate: 0.4 }, inputs: [IMAGE] },
  { type: 'Dropout', config: { rate: 0.4, noise_shape: [null, 1, 1, null] }, inputs: [IMAGE] },
  { type: 'SpatialDropout1D', config: { rate: 0.4 }, inputs: [[5, 3]] },
  { type: 'SpatialDropout2D', config: { rate: 0.4 }, inputs: [IMAGE] },
  { type: 'SpatialDropout3D', config: { rate: 0.4, data_format: 'channels_first' }, inputs: [[3, 2, 2, 2]] },
  { type: 'AlphaDropout', config: { rate: 0.4 }, inputs: [IMAGE] },
  { type: 'GaussianDropout', config: { rate: 0.4 }, inputs: [IMAGE] },
  { type: 'GaussianNoise', config: { stddev: 0.4 }, inputs: [IMAGE] },
  { type: 'RandomFlip', config: {}, inputs: [IMAGE] },
  { type: 'RandomRotation', config: { factor: [-0.5, 0.5], fill_mode: 'constant' }, inputs: [IMAGE] },
  { type: 'RandomZoom', config: { height_factor: 0.5 }, inputs: [IMAGE] },
  { type: 'RandomTranslation', config: { height_factor: 0.5, width_factor: 0.5 }, inputs: [IMAGE] },
  { type: 'RandomShear', config: { x_factor: [0, 0.5], y_factor: [0, 0.5] }, inputs: [IMAGE] },
  { type: 'RandomPerspective', config: { factor: [0, 1] }, inputs: [IMAGE] },
  { type: 'RandomCrop', config: { height: 2, width: 3 }, inputs: [IMAGE] },
  { type: 'MixUp', config: { alpha: 0.2 }, inputs: [IMAGE] },
  { type: 'CutMix', config: { factor: [0.5, 1] }, inputs: [IMAGE] },
  { type: 'RandomBrightness', config: { factor: 0.3, value_range: [-9, 9] }, inputs: [IMAGE] },
  { type: 'RandomContrast', config: { factor: [0, 0.5], value_range: [-9, 9] }, inputs: [IMAGE] },
  { type: 'RandomSaturation', config: { factor: [0, 0.9] }, inputs: [IMAGE] },
  { type: 'RandomHue', config: { factor: [0, 1], value_range: [-1, 1] }, inputs: [IMAGE] },
  {
    type: 'RandomColorJitter',
    config: { brightness_factor: 0.2, hue_factor: 0.3, value_range: [-1, 1] },
    inputs: [IMAGE],
  },
  { type: 'RandomGrayscale', config: { factor: 0.5 }, inputs: [IMAGE] },
  { type: 'RandomColorDegeneration', config: { factor: [0, 1], value_range: [-9, 9] }, inputs: [IMAGE] },
  { type: 'RandomInvert', config: { factor: [0.5, 0.5] }, inputs: [IMAGE] },
  { type: 'RandomPosterization', config: { factor: [1, 5], value_range: [-1, 1] }, inputs: [IMAGE] },
  {
    type: 'Solarization',
    config: { addition_factor: [0, 0.2], threshold_factor: [0, 1], value_range: [-1, 1] },
    inputs: [IMAGE],
  },
  { type: 'RandomSharpness', config: { factor: [0, 1], value_range: [-9, 9] }, inputs: [IMAGE] },
  {
    type: 'RandomGaussianBlur',
    config: { factor: [0.5, 0.5], sigma: [0.1, 1], value_range: [-9, 9] },
    inputs: [IMAGE],
  },
  { type: 'RandomErasing', config: { factor: [0.5, 0.5], scale: [0.1, 0.5] }, inputs: [IMAGE] },
]

const named = TRIALS.map((trial) => [`${trial.type} ${JSON.stringify(trial.config)}`, trial] as const)

function input({ inputs }: LayerTrial): Tensor {
  const shape = [ROWS, ...(inputs[0] ?? [])]
  return tf.tensor(
    numbers(
      shape.reduce((size, length) => size * length),
      3,
    ),
    shape,
  )
}

function run(trial: LayerTrial, training: boolean, seed: number): Float32Array {
  const call = (): Tensor => callLayer(buildLayer(trial), { inputs: [input(trial)], weights: [] }, { training, seed })
  return Float32Array.from(tf.tidy(call).dataSync())
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

beforeAll(async () => {
  await loadBackend('wasm')
})

describe.each(named)('%s', (_, trial) => {
  it('changes nothing outside training', () => {
    expect(run(trial, false, 1)).toEqual(Float32Array.from(input(trial).dataSync()))
  })

  it('gives the same bytes for the same seed, and others for another', () => {
    const once = run(trial, true, 1)
    expect(run(trial, true, 1)).toEqual(once)
    expect(run(trial, true, 2)).not.toEqual(once)
    expect(once.every(Number.isFinite)).toBe(true)
    expect(once).not.toEqual(run(trial, false, 1))
  })

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors
    const given = input(trial)
    tf.tidy(() => callLayer(buildLayer(trial), { inputs: [given], weights: [] }, { training: true }).dataSync())
    given.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('what chance does', () => {
  it.each(named.slice(0, 8))('%s keeps the mean', (_, trial) => {
    expect(mean(run(trial, true, 5))).toBeCloseTo(mean(run(trial, false, 5)), 1)
  })

  it('AlphaDropout keeps mean 0 and variance 1', () => {
    const trial = { type: 'AlphaDropout', config: { rate: 0.3 }, inputs: [[4000]] }
    const values = tf.tidy(() => {
      const given = tf.randomNormal([10, 4000], 0, 1, 'float32', 7)
      return callLayer(buildLayer(trial), { inputs: [given], weights: [] }, { training: true }).dataSync<'float32'>()
    })
    expect(mean(values)).toBeCloseTo(0, 1)
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 1)
  })

  it('SpatialDropout2D drops whole channels, a share of them', () => {
    const trial = { type: 'SpatialDropout2D', config: { rate: 0.25 }, inputs: [[2, 2, 8]] }
    const dropped = tf.tidy(() => {
      const given = tf.ones([100, 2, 2, 8])
      const output = callLayer(buildLayer(trial), { inputs: [given], weights: [] }, { training: true })
      return tf.sum(output, [1, 2]).dataSync<'float32'>()
    })
    const whole = 4 / 0.75
    dropped.forEach((sum) => expect(Math.min(sum, Math.abs(sum - whole))).toBeCloseTo(0, 5))
    expect(dropped.filter((sum) => sum === 0).length / dropped.length).toBeCloseTo(0.25, 1)
  })

  it('RandomFlip turns half of the images round', () => {
    const trial = { type: 'RandomFlip', config: { mode: 'horizontal' }, inputs: [[1, 2, 1]] }
    const firsts = tf.tidy(() => {
      const given = tf.tile(tf.tensor4d([1, 2], [1, 1, 2, 1]), [1000, 1, 1, 1])
      return callLayer(buildLayer(trial), { inputs: [given], weights: [] }, { training: true }).dataSync<'float32'>()
    })
    const turned = firsts.filter((value, index) => index % 2 === 0 && value === 2).length
    expect(turned).toBeGreaterThan(430)
    expect(turned).toBeLessThan(570)
  })

  it.each([
    ['RandomBrightness', { factor: [0.1, 0.3], value_range: [0, 10] }, 1, 3],
    ['RandomBrightness', { factor: [-0.3, -0.1], value_range: [-10, 0] }, -3, -1],
  ] as const)('%s %j moves by as much as its range says', (type, config, least, most) => {
    const values = tf.tidy(() => {
      const given = tf.zeros([50, 1, 1, 1])
      const trial = {
        type,
        config: { ...config, factor: [...config.factor], value_range: [...config.value_range] },
        inputs: [[1, 1, 1]],
      }
      return callLayer(buildLayer(trial), { inputs: [given], weights: [] }, { training: true }).dataSync<'float32'>()
    })
    expect(Math.min(...values)).toBeGreaterThanOrEqual(least)
    expect(Math.max(...values)).toBeLessThanOrEqual(most)
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(1.5)
  })
})
