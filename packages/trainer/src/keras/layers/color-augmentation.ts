/** Layers that change the colours of images while training. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import { fromHsv, toHsv } from '../color-space.ts'
import type { ConfigReader } from '../config-reader.ts'
import type { LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { lastOf, onlyInput } from '../shapes.ts'
import {
  augmenting,
  chosen,
  perImage,
  readRange,
  readValueRange,
  toRange,
  uniform,
  where,
  withoutGradient,
  type ChangeImages,
  type Range,
} from './augmentation.ts'

const SIGNED: Range = [-1, 1]
const UNSIGNED: Range = [0, 1]
const BYTES: Range = [0, 255]

type Inputs = Parameters<LayerFactory>[1]

/** `keras.layers.RandomBrightness`. */
export const randomBrightness: LayerFactory = (config, inputs) =>
  augmenting(config, inputs, brightness(readRange(config, 'factor', SIGNED), readValueRange(config)))

/** `keras.layers.RandomContrast`. */
export const randomContrast: LayerFactory = (config, inputs) =>
  augmenting(config, inputs, contrast(readRange(config, 'factor', UNSIGNED), readValueRange(config)))

/** `keras.layers.RandomSaturation`, of three channels. */
export const randomSaturation: LayerFactory = (config, inputs) => {
  assertChannels(config, inputs, [3])
  return augmenting(config, inputs, saturation(config, readRange(config, 'factor', UNSIGNED), readValueRange(config)))
}

/** `keras.layers.RandomHue`, of three channels. */
export const randomHue: LayerFactory = (config, inputs) => {
  assertChannels(config, inputs, [3])
  return augmenting(config, inputs, hue(config, readRange(config, 'factor', UNSIGNED), readValueRange(config)))
}

/** `keras.layers.RandomColorJitter`: brightness, contrast, saturation and hue, those that are asked for. */
export const randomColorJitter: LayerFactory = (config, inputs) => {
  const values = readValueRange(config)
  const asked = (name: string, bounds: Range, make: (range: Range) => ChangeImages): readonly ChangeImages[] =>
    config.value(name) === undefined ? [] : [make(readRange(config, name, bounds))]
  const steps = [
    ...asked('brightness_factor', SIGNED, (range) => brightness(range, values)),
    ...asked('contrast_factor', UNSIGNED, (range) => contrast(range, values)),
    ...asked('saturation_factor', UNSIGNED, (range) => saturation(config, range, values)),
    ...asked('hue_factor', UNSIGNED, (range) => hue(config, range, values)),
  ]
  if (config.value('saturation_factor') !== undefined || config.value('hue_factor') !== undefined) {
    assertChannels(config, inputs, [3])
  }
  return augmenting(config, inputs, (images, random) =>
    steps.reduce((changed: Tensor4D, step) => step(changed, random) as Tensor4D, images),
  )
}

/** `keras.layers.RandomGrayscale`: some images lose their colours. */
export const randomGrayscale: LayerFactory = (config, inputs) => {
  assertChannels(config, inputs, [1, 3])
  const chance = config.number('factor', 0.5)
  return augmenting(config, inputs, (images, random) =>
    where(chosen(images, random, [chance, chance]), grayscale(images), images),
  )
}

/** `keras.layers.RandomColorDegeneration`: images lose part of their colours. */
export const randomColorDegeneration: LayerFactory = (config, inputs) => {
  assertChannels(config, inputs, [1, 3])
  const range = readRange(config, 'factor', UNSIGNED)
  const values = readValueRange(config)
  return augmenting(config, inputs, (images, random) => {
    const factor = perImage(images, () => uniform(random, range))
    return tf.clipByValue(tf.add(images, tf.mul(factor, tf.sub(grayscale(images), images))), ...values)
  })
}

/** `keras.layers.RandomInvert`. */
export const randomInvert: LayerFactory = (config, inputs) => {
  const chance = readRange(config, 'factor', UNSIGNED)
  const [, most] = readValueRange(config)
  return augmenting(config, inputs, (images, random) =>
    where(chosen(images, random, chance), tf.sub(most, images), images),
  )
}

/** `keras.layers.Solarization`: values above a threshold are inverted. */
export const solarization: LayerFactory = (config, inputs) => {
  const from = (name: string): Range => {
    const value = config.value(name) ?? 0
    // Keras multiplies the upper end alone by 255
    const [lower, upper] = typeof value === 'number' ? [0, value] : readRange(config, name, UNSIGNED)
    return [lower, upper * 255]
  }
  const [additions, thresholds] = [from('addition_factor'), from('threshold_factor')]
  const values = readValueRange(config)
  return augmenting(config, inputs, (images, random) => {
    const added = perImage(images, () => uniform(random, additions))
    const threshold = perImage(images, () => uniform(random, thresholds))
    const bright = tf.clipByValue(tf.add(toRange(images, values, BYTES), added), 0, 255)
    const kept = tf.cast(tf.less(bright, threshold), 'float32')
    return toRange(where(kept, bright, tf.sub(255, bright)), BYTES, values)
  })
}

/** `keras.layers.RandomPosterization`: fewer bits per value. */
export const randomPosterization: LayerFactory = (config, inputs) => {
  const [least, most] = readRange(config, 'factor', [1, 8])
  const values = readValueRange(config)
  return augmenting(config, inputs, (images, random) =>
    withoutGradient(images, config, (numbers, [rows]) => {
      const perRow = numbers.length / rows
      const shifts = Array.from({ length: rows }, () =>
        least === most ? 8 - least : 8 - Math.floor(uniform(random, [least, most])),
      )
      return numbers.map((value, index) => {
        const shift = shifts[Math.floor(index / perRow)] ?? 0
        const whole = Math.trunc(Math.fround(((value - values[0]) / (values[1] - values[0])) * 255)) & 255
        return (((whole >> shift) << shift) / 255) * (values[1] - values[0]) + values[0]
      })
    }),
  )
}

/** `keras.layers.AutoContrast`: each channel of each image stretched to the whole range, also outside training. */
export const autoContrast: LayerFactory = (config, inputs) => {
  const values = readValueRange(config)
  return augmenting(
    config,
    inputs,
    (images) => {
      const bytes = toRange(images, values, BYTES)
      const low = tf.neg(tf.max(tf.neg(bytes), [1, 2], true))
      const width = tf.sub(tf.max(bytes, [1, 2], true), low)
      const flat = tf.cast(tf.equal(width, 0), 'float32')
      const scale = tf.div(255, tf.add(width, flat))
      const stretched = tf.clipByValue(tf.mul(tf.sub(bytes, low), scale), 0, 255)
      return where(tf.mul(flat, tf.ones(images.shape)), images, toRange(stretched, BYTES, values))
    },
    { always: true },
  )
}

function brightness(range: Range, values: Range): ChangeImages {
  return (images, random) => {
    const added = perImage(images, () => uniform(random, range) * (values[1] - values[0]))
    return tf.clipByValue(tf.add(images, added), ...values)
  }
}

function contrast([less, more]: Range, values: Range): ChangeImages {
  return (images, random) => {
    const factor = perImage(images, () => uniform(random, [1 - less, 1 + more]))
    const mean = tf.mean(images, [1, 2], true)
    return tf.clipByValue(tf.add(tf.mul(tf.sub(images, mean), factor), mean), ...values)
  }
}

function saturation(config: ConfigReader, range: Range, values: Range): ChangeImages {
  return (images, random) =>
    withoutGradient(images, config, (numbers, [rows]) => {
      const factors = Array.from({ length: rows }, () => {
        const factor = uniform(random, range)
        return factor / (1 - factor + 1e-7)
      })
      return eachPixel(numbers, rows, (pixel, row) => {
        const [turn, strength, value] = toHsv(pixel)
        const stronger = Math.min(values[1], Math.max(values[0], strength * (factors[row] ?? 1)))
        return fromHsv([turn, stronger, value])
      })
    })
}

function hue(config: ConfigReader, range: Range, values: Range): ChangeImages {
  return (images, random) => {
    const unit = toRange(images, values, UNSIGNED) as Tensor4D
    const turned = withoutGradient(unit, config, (numbers, [rows]) => {
      const turns = Array.from({ length: rows }, () => {
        const sign = random.nextFloat() > 0.5 ? -1 : 1
        return sign * uniform(random, range) * 0.5
      })
      return eachPixel(numbers, rows, (pixel, row) => {
        const [turn, strength, value] = toHsv(pixel)
        const next = turn + (turns[row] ?? 0)
        return fromHsv([next > 1 ? next - 1 : next < 0 ? next + 1 : next, strength, value])
      })
    })
    return toRange(tf.clipByValue(turned, 0, 1), UNSIGNED, values)
  }
}

function eachPixel(
  numbers: Float32Array,
  rows: number,
  change: (pixel: readonly [number, number, number], row: number) => readonly [number, number, number],
): Float32Array {
  const perRow = numbers.length / rows
  for (let at = 0; at < numbers.length; at += 3) {
    const pixel = [numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0] as const
    numbers.set(change(pixel, Math.floor(at / perRow)), at)
  }
  return numbers
}

/** Rec. 601's weights, the one number in every channel. */
function grayscale(images: Tensor4D): Tensor {
  if (images.shape[3] === 1) return images
  const weights = tf.tensor1d([0.2989, 0.587, 0.114])
  return tf.mul(tf.sum(tf.mul(images, weights), 3, true), tf.ones(images.shape))
}

function assertChannels(config: ConfigReader, inputs: Inputs, allowed: readonly number[]): void {
  const shape = onlyInput(inputs, config, 3)
  const channels = config.value('data_format') === 'channels_first' ? (shape[0] ?? 0) : lastOf(shape, config)
  if (!allowed.includes(channels)) {
    throw modelInvalid(`${config.where}: expected images of ${allowed.join(' or ')} channels, got ${channels}`)
  }
}
