import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'

import { loadBackend } from '../../src/backends/load-backend.ts'
import { buildLayer, numbers, slopesOf, valuesFor, type LayerTrial } from './layer-harness.ts'

const trial = (type: string, config: LayerTrial['config'], ...inputs: LayerTrial['inputs']): LayerTrial => ({
  type,
  config,
  inputs,
})

const IMAGE = [5, 4, 2]
const VOLUME = [3, 4, 3, 2]
const LINE = [6, 2]

const TRIALS: readonly LayerTrial[] = [
  trial('Conv1D', { filters: 4, kernel_size: 2, groups: 2, padding: 'causal', dilation_rate: 2 }, LINE),
  trial('Conv2D', { filters: 4, kernel_size: [2, 3], groups: 2, padding: 'same', strides: 2 }, IMAGE),
  trial('Conv2D', { filters: 2, kernel_size: 2, data_format: 'channels_first' }, [2, 5, 4]),
  trial('Conv3D', { filters: 2, kernel_size: 2, strides: [2, 1, 2], padding: 'same' }, VOLUME),
  trial('Conv3D', { filters: 2, kernel_size: [2, 2, 1], dilation_rate: [2, 1, 1] }, VOLUME),
  trial('Conv1DTranspose', { filters: 3, kernel_size: 3, strides: 2, padding: 'same', output_padding: 1 }, LINE),
  trial('Conv2DTranspose', { filters: 3, kernel_size: [2, 3], strides: [3, 2] }, IMAGE),
  trial('Conv2DTranspose', { filters: 3, kernel_size: 2, dilation_rate: 2, padding: 'same' }, IMAGE),
  trial('Conv3DTranspose', { filters: 2, kernel_size: 2, strides: [1, 2, 1], padding: 'same' }, VOLUME),
  trial('DepthwiseConv1D', { kernel_size: 3, depth_multiplier: 2, strides: 2, padding: 'same' }, LINE),
  trial('DepthwiseConv2D', { kernel_size: [2, 3], depth_multiplier: 2, dilation_rate: [2, 1] }, IMAGE),
  trial('DepthwiseConv2D', { kernel_size: 2, strides: 2, dilation_rate: 2, padding: 'same' }, IMAGE),
  trial('SeparableConv1D', { filters: 3, kernel_size: 2, depth_multiplier: 2 }, LINE),
  trial('SeparableConv2D', { filters: 3, kernel_size: 3, padding: 'same', strides: 2 }, IMAGE),
  trial('MaxPooling3D', { pool_size: 2, strides: [1, 2, 3], padding: 'same' }, VOLUME),
  trial('AveragePooling3D', { pool_size: [2, 3, 2], strides: 1, padding: 'same' }, VOLUME),
  trial('GlobalMaxPooling3D', {}, VOLUME),
  trial('GlobalAveragePooling3D', { keepdims: true, data_format: 'channels_first' }, VOLUME),
  trial('AdaptiveMaxPooling1D', { output_size: 4 }, LINE),
  trial('AdaptiveMaxPooling2D', { output_size: [2, 3] }, IMAGE),
  trial('AdaptiveMaxPooling3D', { output_size: [2, 3, 2] }, VOLUME),
  trial('AdaptiveAveragePooling1D', { output_size: 4 }, LINE),
  trial('AdaptiveAveragePooling2D', { output_size: [2, 3] }, IMAGE),
  trial('AdaptiveAveragePooling3D', { output_size: 2 }, VOLUME),
  trial('UpSampling1D', { size: 3 }, LINE),
  trial('UpSampling2D', { size: [2, 3], interpolation: 'nearest' }, IMAGE),
  trial('UpSampling2D', { size: 2, interpolation: 'bilinear', data_format: 'channels_first' }, IMAGE),
  trial('UpSampling2D', { size: 2, interpolation: 'bicubic' }, IMAGE),
  trial('UpSampling2D', { size: 2, interpolation: 'lanczos5' }, IMAGE),
  trial('UpSampling3D', { size: [1, 2, 2] }, VOLUME),
  trial('ZeroPadding1D', { padding: [1, 2] }, LINE),
  trial('ZeroPadding2D', { padding: [[1, 0], [0, 2]] }, IMAGE), // prettier-ignore
  trial('ZeroPadding3D', { padding: 1 }, VOLUME),
  trial('Cropping1D', { cropping: [2, 1] }, LINE),
  trial('Cropping2D', { cropping: [[1, 0], [0, 2]] }, IMAGE), // prettier-ignore
  trial('Cropping3D', { cropping: [1, 1, 1] }, [4, 4, 3, 2]),
  trial('Permute', { dims: [3, 1, 2] }, IMAGE),
  trial('RepeatVector', { n: 3 }, [4]),
  trial('Identity', {}, IMAGE),
  trial('Dot', { axes: [2, 1], normalize: true }, [3, 4], [4, 2]),
  trial('Dot', { axes: -1 }, [4], [4]),
  trial('GroupNormalization', { groups: 2 }, [3, 3, 4]),
  trial('GroupNormalization', { groups: -1, axis: 1, scale: false }, [3, 3, 4]),
  trial('RMSNormalization', { axis: [1, 2] }, [3, 4]),
  trial('UnitNormalization', {}, [3, 4]),
  trial('SpatialDropout1D', { rate: 0.3 }, LINE),
  trial('SpatialDropout2D', { rate: 0.3 }, IMAGE),
  trial('SpatialDropout3D', { rate: 0.3 }, VOLUME),
  trial('AlphaDropout', { rate: 0.3 }, [8]),
  trial('GaussianDropout', { rate: 0.3 }, [8]),
  trial('GaussianNoise', { stddev: 0.3 }, [8]),
  trial('EinsumDense', { equation: 'abc,bcd->adb', output_shape: [3, 4], bias_axes: 'db' }, [4, 2]),
  trial('EinsumDense', { equation: '...b,bc->...c', output_shape: 3, bias_axes: 'c' }, [4, 2]),
  trial('Attention', { use_scale: true }, [3, 4], [5, 4]),
  trial('Attention', { use_scale: true, score_mode: 'concat', dropout: 0.3 }, [3, 4], [5, 2], [5, 4]),
  trial('AdditiveAttention', {}, [3, 4], [5, 4]),
  trial('Resizing', { height: 3, width: 7, interpolation: 'lanczos3', antialias: true }, IMAGE),
  trial('CenterCrop', { height: 3, width: 2 }, IMAGE),
  trial('RandomFlip', {}, IMAGE),
  trial('RandomCrop', { height: 3, width: 3 }, IMAGE),
  trial('RandomSharpness', { factor: 1, value_range: [-9, 9] }, IMAGE),
  trial('RandomGaussianBlur', { factor: [1, 1], sigma: 1, value_range: [-9, 9] }, IMAGE),
  trial('RandomErasing', { factor: 1, scale: [0.1, 0.5], fill_value: 0 }, IMAGE),
  trial('RandomBrightness', { factor: 0.3, value_range: [-9, 9] }, IMAGE),
  trial('RandomContrast', { factor: 0.3, value_range: [-9, 9] }, IMAGE),
  trial('RandomGrayscale', { factor: 0.5 }, [4, 3, 3]),
  trial('RandomColorDegeneration', { factor: 1, value_range: [-9, 9] }, [4, 3, 3]),
  trial('RandomInvert', { factor: 0.5 }, IMAGE),
]

/** A step small enough for a straight line and large enough for float32. */
const STEP = 0.002

describe('gradients of layers', () => {
  it.each(TRIALS.map((each) => [`${each.type} ${JSON.stringify(each.config)}`, each] as const))(
    '%s',
    async (_, each) => {
      await loadBackend('wasm')
      const layer = buildLayer(each)
      const values = valuesFor(layer, each)
      const { total, slopes } = slopesOf(layer, each)
      const before = tf.memory().numTensors
      const onWasm = slopes(values)

      // along a random direction of each input and weight, the sum changes as its slopes say
      values.forEach((value, which) => {
        const direction = numbers(value.length, 900 + which)
        const moved = (step: number): number =>
          total(
            values.map((other, index) =>
              index === which ? other.map((x, at) => x + step * (direction[at] ?? 0)) : other,
            ),
          )
        const expected = (moved(STEP) - moved(-STEP)) / (2 * STEP)
        const got = (onWasm[which] ?? new Float32Array()).reduce(
          (sum, slope, at) => sum + slope * (direction[at] ?? 0),
          0,
        )
        expect(Math.abs(got - expected) / (1 + Math.abs(expected)), `input or weight ${which}`).toBeLessThan(0.02)
      })

      await loadBackend('cpu')
      slopes(values).forEach((slope, which) => {
        const farthest = slope.reduce((most, x, at) => Math.max(most, Math.abs(x - (onWasm[which]?.[at] ?? NaN))), 0)
        expect(farthest).toBeLessThan(1e-4)
      })
      expect(tf.memory().numTensors - before).toBeLessThan(1 + 2 * values.length * 20)
    },
  )
})
