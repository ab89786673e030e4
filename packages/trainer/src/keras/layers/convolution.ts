/** Conv1D, Conv2D and Conv3D. @module */

import * as tf from '@tensorflow/tfjs-core'

import { readActivation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { convolveAny, withZeros } from '../convolve-any.ts'
import { firstOf, type Layer, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { lastOf, onlyInput, slidingLength } from '../shapes.ts'
import { activated, inChannelsLast, type PlainLayer } from './data-format.ts'
import { learnedBias, learnedWeight } from './learned-weight.ts'

/** `keras.layers.Conv1D`, padding `valid`, `same` or `causal`. */
export const conv1d: LayerFactory = (config, inputs, trainable) => convolution(config, inputs, trainable, 1)
/** `keras.layers.Conv2D`, padding `valid` or `same`. */
export const conv2d: LayerFactory = (config, inputs, trainable) => convolution(config, inputs, trainable, 2)
/** `keras.layers.Conv3D`, padding `valid` or `same`. */
export const conv3d: LayerFactory = (config, inputs, trainable) => convolution(config, inputs, trainable, 3)

function convolution(config: ConfigReader, inputs: readonly Shape[], trainable: boolean, rank: 1 | 2 | 3): Layer {
  const activation = readActivation(config)
  return activated(
    inChannelsLast(config, inputs, (shapes) => linear(config, shapes, trainable, rank)),
    activation,
  )
}

function linear(config: ConfigReader, inputs: readonly Shape[], trainable: boolean, rank: 1 | 2 | 3): PlainLayer {
  const channels = lastOf(onlyInput(inputs, config, rank + 1), config)
  const filters = config.positiveInteger('filters')
  const size = config.sizes('kernel_size', rank)
  const window = readWindow(config, size, { causal: rank === 1 })
  const groups = config.integer('groups', 1)
  if (groups < 1 || filters % groups !== 0 || channels % groups !== 0) {
    throw modelInvalid(`${config.where}: ${channels} channels and ${filters} filters form no ${groups} groups`)
  }
  const shape = [...size, channels / groups, filters]

  return {
    weights: [
      learnedWeight(config, { name: 'kernel', shape, trainable }),
      ...learnedBias(config, [filters], trainable),
    ],
    outputShape: (shapes) => [...window.lengths(onlyInput(shapes, config, rank + 1).slice(0, rank)), filters],
    call(inputTensors, [kernel, bias]) {
      const input = withZeros(firstOf(inputTensors), window.causalZeros)
      const sum = convolveAny(input, firstOf([kernel]), window, groups)
      return bias === undefined ? sum : tf.add(sum, bias)
    },
  }
}

/** How a filter or a pool moves over its axes. */
interface Window {
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: 'same' | 'valid'
  /** Zeros in front, for padding `causal`. */
  readonly causalZeros: readonly (readonly [number, number])[]
  /** What is left of each axis. */
  lengths(shape: Shape): Shape
}

/** Reads `strides`, `dilation_rate` and `padding` for a filter of the sizes given. */
export function readWindow(
  config: ConfigReader,
  size: readonly number[],
  { causal }: { readonly causal: boolean },
): Window {
  const strides = config.sizes('strides', size.length, 1)
  const dilations = config.sizes('dilation_rate', size.length, 1)
  const padding = causal
    ? config.oneOf('padding', ['valid', 'same', 'causal'])
    : config.oneOf('padding', ['valid', 'same'])
  const reach = size.map((length, axis) => (length - 1) * (dilations[axis] ?? 1))
  return {
    strides,
    dilations,
    padding: padding === 'same' ? 'same' : 'valid',
    causalZeros: reach.map((zeros) => [padding === 'causal' ? zeros : 0, 0]),
    lengths: (shape) =>
      shape.map((length, axis) => {
        const [stride = 1, dilation = 1] = [strides[axis], dilations[axis]]
        const window = { size: size[axis] ?? 1, stride, dilation, padding: padding === 'valid' ? 'valid' : 'same' }
        return slidingLength(length, window, config)
      }),
  }
}
