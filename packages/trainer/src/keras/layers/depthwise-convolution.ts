/** DepthwiseConv1D/2D and SeparableConv1D/2D. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import { readActivation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { sameZeros, withZeros } from '../convolve-any.ts'
import { convolveDepthwise } from '../convolve-depthwise.ts'
import { firstOf, type Layer, type LayerFactory, type Shape } from '../layer.ts'
import { lastOf, onlyInput } from '../shapes.ts'
import { readWindow } from './convolution.ts'
import { activated, inChannelsLast } from './data-format.ts'
import { learnedBias, learnedWeight } from './learned-weight.ts'

/** `keras.layers.DepthwiseConv1D`. */
export const depthwiseConv1d: LayerFactory = (config, inputs, trainable) => depthwise(config, inputs, trainable, 1)
/** `keras.layers.DepthwiseConv2D`. */
export const depthwiseConv2d: LayerFactory = (config, inputs, trainable) => depthwise(config, inputs, trainable, 2)
/** `keras.layers.SeparableConv1D`. */
export const separableConv1d: LayerFactory = (config, inputs, trainable) => separable(config, inputs, trainable, 1)
/** `keras.layers.SeparableConv2D`. */
export const separableConv2d: LayerFactory = (config, inputs, trainable) => separable(config, inputs, trainable, 2)

function depthwise(config: ConfigReader, inputs: readonly Shape[], trainable: boolean, rank: 1 | 2): Layer {
  const activation = readActivation(config)
  const layer = inChannelsLast(config, inputs, (shapes) => {
    const filter = readFilter(config, shapes, rank)
    return {
      weights: [
        learnedWeight(config, { name: 'kernel', shape: filter.shape, trainable, option: 'depthwise' }),
        ...learnedBias(config, [filter.channels], trainable),
      ],
      outputShape: (next) => [...filter.lengths(next), filter.channels],
      call(tensors, [kernel, bias]) {
        const sum = filter.apply(firstOf(tensors), firstOf([kernel]))
        return bias === undefined ? sum : tf.add(sum, bias)
      },
    }
  })
  return activated(layer, activation)
}

function separable(config: ConfigReader, inputs: readonly Shape[], trainable: boolean, rank: 1 | 2): Layer {
  const activation = readActivation(config)
  const layer = inChannelsLast(config, inputs, (shapes) => {
    const filter = readFilter(config, shapes, rank)
    const filters = config.positiveInteger('filters')
    const pointShape = [...Array.from({ length: rank }, () => 1), filter.channels, filters]
    return {
      weights: [
        learnedWeight(config, { name: 'depthwise_kernel', shape: filter.shape, trainable, option: 'depthwise' }),
        learnedWeight(config, { name: 'pointwise_kernel', shape: pointShape, trainable, option: 'pointwise' }),
        ...learnedBias(config, [filters], trainable),
      ],
      outputShape: (next) => [...filter.lengths(next), filters],
      call(tensors, [kernel, points, bias]) {
        const apart = filter.apply(firstOf(tensors), firstOf([kernel]))
        const matrix = tf.reshape(firstOf([points]), [filter.channels, filters])
        const product = tf.matMul(tf.reshape(apart, [-1, filter.channels]), matrix)
        const sum = bias === undefined ? product : tf.add(product, bias)
        return tf.reshape(sum, [...apart.shape.slice(0, -1), filters])
      },
    }
  })
  return activated(layer, activation)
}

/** One filter per channel (or several), and how it is moved. */
interface Filter {
  readonly shape: Shape
  /** Channels it gives. */
  readonly channels: number
  lengths(shapes: readonly Shape[]): Shape
  apply(input: Tensor, kernel: Tensor): Tensor
}

function readFilter(config: ConfigReader, inputs: readonly Shape[], rank: 1 | 2): Filter {
  const channels = lastOf(onlyInput(inputs, config, rank + 1), config)
  const size = config.sizes('kernel_size', rank)
  const multiplier = config.integer('depth_multiplier', 1)
  const window = readWindow(config, size, { causal: false })
  const [height, width] = rank === 1 ? [1, size[0] ?? 1] : [size[0] ?? 1, size[1] ?? 1]
  const pair = (values: readonly number[]): [number, number] =>
    rank === 1 ? [1, values[0] ?? 1] : [values[0] ?? 1, values[1] ?? 1]
  const steps = { strides: pair(window.strides), dilations: pair(window.dilations) }

  return {
    shape: [...size, channels, multiplier],
    channels: channels * multiplier,
    lengths: (shapes) => window.lengths(onlyInput(shapes, config, rank + 1).slice(0, rank)),
    apply(input, kernel) {
      const zeros = size.map((length, axis): readonly [number, number] =>
        window.padding === 'same'
          ? sameZeros(input.shape[axis + 1] ?? 0, {
              size: length,
              stride: window.strides[axis] ?? 1,
              dilation: window.dilations[axis] ?? 1,
            })
          : (window.causalZeros[axis] ?? [0, 0]),
      )
      const padded = withZeros(input, zeros)
      const image = (rank === 1 ? tf.expandDims(padded, 1) : padded) as Tensor4D
      const filter: Tensor4D = tf.reshape(kernel, [height, width, channels, multiplier])
      const apart = convolveDepthwise(image, filter, steps)
      return rank === 1 ? tf.squeeze(apart, [1]) : apart
    },
  }
}
