/** Layers that drop or disturb numbers while training, by the run's own seed. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import type { Random } from '../../random.ts'
import type { ConfigReader } from '../config-reader.ts'
import { firstOf, type Layer, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { normalNumbers } from '../normal-numbers.ts'
import { onlyInput } from '../shapes.ts'

/**
 * `keras.layers.Dropout`: zeroes a share of the numbers while training and scales up the rest. Keras's `seed` is passed
 * over: masks come from the run's seed, so that they differ from step to step and repeat from run to run.
 */
export const dropout: LayerFactory = (config) => {
  const noiseShape = readNoiseShape(config)
  return dropping(config, noiseShape)
}

/** `keras.layers.SpatialDropout1D`: whole channels. */
export const spatialDropout1d: LayerFactory = (config) =>
  dropping(config, ([rows = 0, , channels = 1]) => [rows, 1, channels], 2)
/** `keras.layers.SpatialDropout2D`: whole channels. */
export const spatialDropout2d: LayerFactory = (config) => dropping(config, channelMask(config), 3)
/** `keras.layers.SpatialDropout3D`: whole channels. */
export const spatialDropout3d: LayerFactory = (config) => dropping(config, channelMask(config), 4)

/** `keras.layers.AlphaDropout`: dropped numbers take SELU's least, and the rest is moved to keep mean and variance. */
export const alphaDropout: LayerFactory = (config) => {
  const rate = readRate(config)
  const noiseShape = readNoiseShape(config)
  const a = ((1 - rate) * (1 + rate * SELU_LEAST ** 2)) ** -0.5
  const b = -a * SELU_LEAST * rate
  return whileTraining(config, rate > 0, (input, random) => {
    const kept = mask(noiseShape(input.shape), random, rate, 1)
    const dropped = tf.mul(SELU_LEAST, tf.sub(1, kept))
    return tf.add(tf.mul(a, tf.add(tf.mul(input, kept), dropped)), b)
  })
}

/** `keras.layers.GaussianDropout`: times numbers around 1. */
export const gaussianDropout: LayerFactory = (config) => {
  const rate = readRate(config)
  if (rate === 1) throw modelUnsupported('option', 'rate=1', config.where, 'the noise would be without bounds')
  const deviation = Math.sqrt(rate / (1 - rate))
  return whileTraining(config, rate > 0, (input, random) =>
    tf.mul(input, tf.add(1, normalNoise(input.shape, random, deviation))),
  )
}

/** `keras.layers.GaussianNoise`: plus numbers around 0. */
export const gaussianNoise: LayerFactory = (config) => {
  const deviation = readRate(config, 'stddev')
  return whileTraining(config, deviation > 0, (input, random) =>
    tf.add(input, normalNoise(input.shape, random, deviation)),
  )
}

/** −α·λ of SELU. */
const SELU_LEAST = -1.6732632423543772 * 1.0507009873554805

type MaskShape = (shape: readonly number[]) => readonly number[]

function dropping(config: ConfigReader, maskShape: MaskShape, rank?: number): Layer {
  const rate = readRate(config)
  return whileTraining(
    config,
    rate > 0,
    (input, random) => tf.mul(input, dropMask(maskShape(input.shape), random, rate)),
    rank,
  )
}

function whileTraining(
  config: ConfigReader,
  active: boolean,
  disturb: (input: Tensor, random: Random) => Tensor,
  rank?: number,
): Layer {
  config.ignore('seed')
  return {
    weights: [],
    passesMask: true,
    outputShape: (shapes: readonly Shape[]) => onlyInput(shapes, config, rank),
    call(inputs, _weights, pass) {
      const input = firstOf(inputs)
      return pass.training && active ? disturb(input, pass.random) : input
    },
  }
}

/** A share from 0 to 1. */
export function readRate(config: ConfigReader, name = 'rate', fallback?: number): number {
  const rate = config.number(name, fallback)
  if (!(rate >= 0 && rate <= 1)) throw modelInvalid(`${config.where}: expected a ${name} from 0 to 1, got ${rate}`)
  return rate
}

/** Channels have one number for a whole image. */
function channelMask(config: ConfigReader): MaskShape {
  const first = config.oneOf('data_format', ['channels_last', 'channels_first']) === 'channels_first'
  return (shape) => shape.map((size, axis) => (axis === 0 || axis === (first ? 1 : shape.length - 1) ? size : 1))
}

/** Keras's `noise_shape`: what each axis of the mask is, null for the input's own; 1 is shared along the axis. */
function readNoiseShape(config: ConfigReader): MaskShape {
  const given = config.value('noise_shape')
  if (given === undefined) return (shape) => shape
  if (!Array.isArray(given)) throw modelInvalid(`${config.where}: expected a list as noise_shape`)
  const sizes = (given as readonly JsonValue[]).map((size) => {
    if (size !== null && (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1)) {
      throw modelInvalid(`${config.where}: expected positive integers or null in noise_shape`)
    }
    return size
  })
  return (shape) => {
    const fits = sizes.length === shape.length && sizes.every((size, axis) => [null, 1, shape[axis]].includes(size))
    if (!fits) throw modelInvalid(`${config.where}: noise_shape does not fit an input [${shape.slice(1).join()}]`)
    return shape.map((size, axis) => sizes[axis] ?? size)
  }
}

/** What Dropout multiplies with: 0 for a share of the numbers, and for the rest what keeps the mean. */
export function dropMask(shape: readonly number[], random: Random, rate: number): Tensor {
  return mask(shape, random, rate, rate === 1 ? 0 : 1 / (1 - rate))
}

/** `kept` where a number stays, 0 where it goes. */
function mask(shape: readonly number[], random: Random, rate: number, kept: number): Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1)
  const values = Float32Array.from({ length: size }, () => (random.nextFloat() >= rate ? kept : 0))
  return tf.tensor(values, [...shape])
}

function normalNoise(shape: readonly number[], random: Random, deviation: number): Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1)
  return tf.tensor(normalNumbers(size, random, deviation), [...shape])
}
