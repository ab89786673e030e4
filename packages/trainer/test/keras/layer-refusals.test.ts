import { TrainingError } from '@aibomgen/core'
import { describe, expect, it } from 'vitest'

import { INPUTS_ALONE } from '../../src/keras/layer.ts'
import { errorOf } from '../error-of.ts'
import { buildLayer, type LayerTrial } from './layer-harness.ts'

const REFUSED: readonly (readonly [string, LayerTrial, string])[] = [
  [
    'groups that do not divide',
    { type: 'Conv2D', config: { filters: 3, kernel_size: 2, groups: 2 }, inputs: [[4, 4, 4]] },
    'MODEL_INVALID',
  ],
  [
    'causal padding of images',
    { type: 'Conv2D', config: { filters: 3, kernel_size: 2, padding: 'causal' }, inputs: [[4, 4, 4]] },
    'MODEL_UNSUPPORTED',
  ],
  [
    'an option nobody reads',
    { type: 'UpSampling1D', config: { size: 2, surprise: 1 }, inputs: [[4, 4]] },
    'MODEL_UNSUPPORTED',
  ],
  [
    'another interpolation',
    { type: 'UpSampling2D', config: { interpolation: 'gaussian' }, inputs: [[4, 4, 1]] },
    'MODEL_UNSUPPORTED',
  ],
  ['axes that are no permutation', { type: 'Permute', config: { dims: [1, 1] }, inputs: [[4, 4]] }, 'MODEL_INVALID'],
  ['too many groups', { type: 'GroupNormalization', config: { groups: 32 }, inputs: [[4, 4]] }, 'MODEL_INVALID'],
  [
    'scaling along the first axis',
    { type: 'RMSNormalization', config: { axis: 1 }, inputs: [[4, 4]] },
    'MODEL_UNSUPPORTED',
  ],
  [
    'an equation of other axes',
    { type: 'EinsumDense', config: { equation: 'ab,bc->ac', output_shape: 3 }, inputs: [[4, 4]] },
    'MODEL_INVALID',
  ],
  [
    'an equation without rows',
    { type: 'EinsumDense', config: { equation: 'ab,bc->cb', output_shape: 3 }, inputs: [[4]] },
    'MODEL_INVALID',
  ],
  [
    'boundaries not adapted',
    { type: 'Discretization', config: { bin_boundaries: null, num_bins: 3 }, inputs: [[4]] },
    'MODEL_UNSUPPORTED',
  ],
  [
    'a vocabulary outside the config',
    { type: 'IntegerLookup', config: { vocabulary: null }, inputs: [[4]] },
    'MODEL_UNSUPPORTED',
  ],
  ['salted hashes', { type: 'Hashing', config: { num_bins: 3, salt: [1, 2] }, inputs: [[4]] }, 'MODEL_UNSUPPORTED'],
  ['a rate above 1', { type: 'SpatialDropout1D', config: { rate: 1.5 }, inputs: [[4, 4]] }, 'MODEL_INVALID'],
  [
    'a range outside its bounds',
    { type: 'RandomContrast', config: { factor: [0, 3] }, inputs: [[4, 4, 1]] },
    'MODEL_INVALID',
  ],
  ['colours of two channels', { type: 'RandomHue', config: { factor: 0.5 }, inputs: [[4, 4, 2]] }, 'MODEL_INVALID'],
  [
    'a filling of its own',
    { type: 'RandomRotation', config: { factor: 0.5, fill_mode: 'mirror' }, inputs: [[4, 4, 2]] },
    'MODEL_UNSUPPORTED',
  ],
]

const OUTPUTS: readonly (readonly [string, LayerTrial, string])[] = [
  ['cropping everything away', { type: 'Cropping2D', config: { cropping: 2 }, inputs: [[4, 4, 1]] }, 'MODEL_INVALID'],
  [
    'output_padding that fits no output',
    {
      type: 'Conv1DTranspose',
      config: { filters: 1, kernel_size: 3, strides: 2, output_padding: 4, padding: 'same' },
      inputs: [[4, 1]],
    },
    'MODEL_INVALID',
  ],
  [
    'a window larger than the volume',
    { type: 'Conv3D', config: { filters: 1, kernel_size: 5 }, inputs: [[4, 4, 4, 1]] },
    'MODEL_INVALID',
  ],
  ['a dot along axes of other lengths', { type: 'Dot', config: { axes: 1 }, inputs: [[4], [5]] }, 'MODEL_INVALID'],
  [
    'counts of several axes',
    { type: 'CategoryEncoding', config: { num_tokens: 3 }, inputs: [[4, 4]] },
    'MODEL_INVALID',
  ],
]

describe('layers', () => {
  it.each(REFUSED)('refuse %s', (_, trial, code) => {
    expect(errorOf(TrainingError, () => buildLayer(trial))).toMatchObject({ code })
  })

  it.each(OUTPUTS)('refuse %s', (_, trial, code) => {
    expect(errorOf(TrainingError, () => buildLayer(trial).outputShape(trial.inputs, INPUTS_ALONE))).toMatchObject({
      code,
    })
  })
})
