/** Conv1D and Conv2D. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor4D } from '@tensorflow/tfjs-core'

import { readActivation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { convolve, type Pair } from '../convolve.ts'
import { firstOf, trainableWeight, type Layer, type LayerFactory } from '../layer.ts'
import { modelUnsupported } from '../model-errors.ts'
import { assertChannelsLast, lastOf, onlyInput, slidingLength } from '../shapes.ts'

/** `keras.layers.Conv1D`, padding `valid`, `same` or `causal`. */
export const conv1d: LayerFactory = (config, inputs, trainable) => convolution(config, inputs, trainable, 1)
/** `keras.layers.Conv2D`, padding `valid` or `same`. */
export const conv2d: LayerFactory = (config, inputs, trainable) => convolution(config, inputs, trainable, 2)

/** One dimension runs as two of which the first has length 1. */
function convolution(
  config: ConfigReader,
  inputs: Parameters<LayerFactory>[1],
  trainable: boolean,
  rank: 1 | 2,
): Layer {
  const channels = lastOf(onlyInput(inputs, config, rank + 1), config)
  const filters = config.positiveInteger('filters')
  const size = config.sizes('kernel_size', rank)
  const strides = config.sizes('strides', rank, 1)
  const dilations = config.sizes('dilation_rate', rank, 1)
  const padding =
    rank === 1 ? config.oneOf('padding', ['valid', 'same', 'causal']) : config.oneOf('padding', ['valid', 'same'])
  assertChannelsLast(config)
  if (config.integer('groups', 1) !== 1) throw modelUnsupported('option', 'groups', config.where)
  const useBias = config.boolean('use_bias', true)
  const activation = readActivation(config)
  const kernelRegularizer = config.regularizer('kernel_regularizer')
  const biasRegularizer = config.regularizer('bias_regularizer')
  const causal = padding === 'causal' ? ((size[0] ?? 1) - 1) * (dilations[0] ?? 1) : 0
  const geometry = {
    strides: pair(strides),
    dilations: pair(dilations),
    padding: padding === 'same' ? 'same' : 'valid',
  } as const

  return {
    weights: [
      trainableWeight('kernel', [...size, channels, filters], trainable, kernelRegularizer),
      ...(useBias ? [trainableWeight('bias', [filters], trainable, biasRegularizer)] : []),
    ],
    outputShape(shapes) {
      const spatial = onlyInput(shapes, config, rank + 1).slice(0, rank)
      const lengths = spatial.map((length, axis) =>
        slidingLength(
          length,
          {
            size: size[axis] ?? 1,
            stride: strides[axis] ?? 1,
            dilation: dilations[axis] ?? 1,
            padding: padding === 'valid' ? 'valid' : 'same',
          },
          config,
        ),
      )
      return [...lengths, filters]
    },
    call(inputTensors, [kernel, bias], pass) {
      const input = firstOf(inputTensors)
      const padded =
        causal === 0
          ? input
          : tf.pad(input, [
              [0, 0],
              [causal, 0],
              [0, 0],
            ])
      const image = (rank === 1 ? tf.expandDims(padded, 1) : padded) as Tensor4D
      const filter = (rank === 1 ? tf.expandDims(firstOf([kernel]), 0) : firstOf([kernel])) as Tensor4D
      const convolved = convolve(image, filter, geometry)
      const sum = bias === undefined ? convolved : tf.add(convolved, bias)
      return activation(rank === 1 ? tf.squeeze(sum, [1]) : sum, pass)
    },
  }
}

function pair(values: readonly number[]): Pair {
  return values.length === 1 ? [1, values[0] ?? 1] : [values[0] ?? 1, values[1] ?? 1]
}
