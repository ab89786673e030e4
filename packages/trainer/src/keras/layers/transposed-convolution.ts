/** Conv1DTranspose, Conv2DTranspose and Conv3DTranspose. @module */

import * as tf from '@tensorflow/tfjs-core'

import { readActivation } from '../activations.ts'
import type { ConfigReader } from '../config-reader.ts'
import { convolveTransposed, sameZeros } from '../convolve-any.ts'
import { firstOf, type Layer, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { lastOf, onlyInput } from '../shapes.ts'
import { activated, inChannelsLast, type PlainLayer } from './data-format.ts'
import { learnedBias, learnedWeight } from './learned-weight.ts'

/** `keras.layers.Conv1DTranspose`. */
export const conv1dTranspose: LayerFactory = (config, inputs, trainable) => transposed(config, inputs, trainable, 1)
/** `keras.layers.Conv2DTranspose`. */
export const conv2dTranspose: LayerFactory = (config, inputs, trainable) => transposed(config, inputs, trainable, 2)
/** `keras.layers.Conv3DTranspose`. */
export const conv3dTranspose: LayerFactory = (config, inputs, trainable) => transposed(config, inputs, trainable, 3)

function transposed(config: ConfigReader, inputs: readonly Shape[], trainable: boolean, rank: 1 | 2 | 3): Layer {
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
  const strides = config.sizes('strides', rank, 1)
  const dilations = config.sizes('dilation_rate', rank, 1)
  const padding = config.oneOf('padding', ['valid', 'same'])
  const more = readOutputPadding(config, rank)
  const covered = size.map((length, axis) => (length - 1) * (dilations[axis] ?? 1) + 1)
  const lengthsOf = (shape: Shape): number[] =>
    covered.map((window, axis) => {
      const [length = 1, stride = 1, extra] = [shape[axis], strides[axis], more?.[axis]]
      const least = (length - 1) * stride
      if (padding === 'same') return extra === undefined ? length * stride : least + (window % 2) + extra
      return least + window + (extra ?? Math.max(window, stride) - window)
    })

  return {
    weights: [
      learnedWeight(config, { name: 'kernel', shape: [...size, filters, channels], trainable }),
      ...learnedBias(config, [filters], trainable),
    ],
    outputShape(shapes) {
      const shape = onlyInput(shapes, config, rank + 1)
      const lengths = lengthsOf(shape)
      const back = (length: number, axis: number): number =>
        Math.ceil((padding === 'same' ? length : length - (covered[axis] ?? 1) + 1) / (strides[axis] ?? 1))
      if (!lengths.every((length, axis) => length > 0 && back(length, axis) === shape[axis])) {
        throw modelInvalid(`${config.where}: output_padding [${(more ?? []).join()}] fits no output`)
      }
      return [...lengths, filters]
    },
    call(inputTensors, [kernel, bias]) {
      const input = firstOf(inputTensors)
      const lengths = lengthsOf(input.shape.slice(1, -1))
      const before = lengths.map((length, axis) => {
        const window = { size: size[axis] ?? 1, stride: strides[axis] ?? 1, dilation: dilations[axis] ?? 1 }
        return padding === 'same' ? sameZeros(length, window)[0] : 0
      })
      const sum = convolveTransposed(input, firstOf([kernel]), { strides, dilations, lengths, before })
      return bias === undefined ? sum : tf.add(sum, bias)
    },
  }
}

/** One number per axis; undefined where Keras chooses. */
function readOutputPadding(config: ConfigReader, rank: number): readonly number[] | undefined {
  const given = config.integers('output_padding')
  if (given === undefined) return undefined
  const list = given.length === 1 ? Array.from({ length: rank }, () => given[0] ?? 0) : given
  if (list.length !== rank || list.some((length) => length < 0)) {
    throw modelInvalid(`${config.where}: expected ${rank} numbers of at least 0 as output_padding`)
  }
  return list
}
