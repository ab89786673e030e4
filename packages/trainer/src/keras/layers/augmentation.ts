/** What the layers that change images while training share. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import type { Random } from '../../random.ts'
import type { ConfigReader } from '../config-reader.ts'
import { firstOf, type LayerFactory } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { onlyInput } from '../shapes.ts'
import { inChannelsLast, type PlainLayer } from './data-format.ts'

/** Two numbers, the lower first. */
export type Range = readonly [number, number]

/** Changes images [rows, height, width, channels]; the shape stays. */
export type ChangeImages = (images: Tensor4D, random: Random) => Tensor

/**
 * A layer that changes images while training and leaves them alone else. Keras's `seed` is passed over: what happens
 * comes from the run's seed, so that it differs from step to step and repeats from run to run.
 */
export function augmenting(
  config: ConfigReader,
  inputs: Parameters<LayerFactory>[1],
  change: ChangeImages,
  { always }: { readonly always: boolean } = { always: false },
): PlainLayer {
  config.ignore('seed')
  return inChannelsLast(config, inputs, () => ({
    weights: [],
    outputShape: (shapes) => onlyInput(shapes, config, 3),
    call(tensors, _weights, pass) {
      const images = firstOf(tensors) as Tensor4D
      return pass.training || always ? change(images, pass.random) : images
    },
  }))
}

/** A range as Keras writes it: two numbers, or one, whose other end is its negative or the least that is allowed. */
export function readRange(config: ConfigReader, name: string, bounds: Range, fallback?: Range): Range {
  const value = config.value(name) ?? fallback
  if (typeof value === 'number') {
    assertWithin(value, bounds, config, name)
    return [Math.max(-Math.abs(value), bounds[0]), Math.abs(value)]
  }
  const list: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : []
  const [first, second, ...more] = list
  if (typeof first !== 'number' || typeof second !== 'number' || more.length > 0) {
    throw modelInvalid(`${config.where}: expected a number or two as ${name}`)
  }
  assertWithin(first, bounds, config, name)
  assertWithin(second, bounds, config, name)
  return [Math.min(first, second), Math.max(first, second)]
}

/** The least and the largest value of a pixel. */
export function readValueRange(config: ConfigReader): Range {
  return readRange(config, 'value_range', [-Infinity, Infinity], [0, 255])
}

/** One number per image, broadcast over it: [rows, 1, 1, 1]. */
export function perImage(images: Tensor, draw: () => number): Tensor4D {
  const rows = images.shape[0] ?? 0
  return tf.tensor4d(Float32Array.from({ length: rows }, draw), [rows, 1, 1, 1])
}

/** A number between two. */
export function uniform(random: Random, [lower, upper]: Range): number {
  return lower + (upper - lower) * random.nextFloat()
}

/** 1 for the images that something happens to: each with a chance that is itself drawn from a range. */
export function chosen(images: Tensor, random: Random, chance: Range): Tensor4D {
  return perImage(images, () => {
    const likely = uniform(random, chance)
    return random.nextFloat() < likely ? 1 : 0
  })
}

/** The changed image where `which` is 1, else the image as it was. */
export function where(which: Tensor, changed: Tensor, images: Tensor): Tensor {
  return tf.add(tf.mul(which, changed), tf.mul(tf.sub(1, which), images))
}

/** 1 inside one rectangle of each image, [rows, height, width, 1]: its sides in parts of width and height. */
export function rectangles(images: Tensor4D, random: Random, sides: () => Range): Tensor4D {
  const [rows, height, width] = images.shape
  const inside = new Float32Array(rows * height * width)
  for (let row = 0; row < rows; row += 1) {
    const [wide, high] = sides()
    const [left, right] = spanOf(wide * width, width, random)
    const [top, bottom] = spanOf(high * height, height, random)
    for (let y = Math.ceil(top); y < bottom; y += 1) {
      for (let x = Math.ceil(left); x < right; x += 1) inside[(row * height + y) * width + x] = 1
    }
  }
  return tf.tensor4d(inside, [rows, height, width, 1])
}

/** From one range of values to another. */
export function toRange(images: Tensor, from: Range, to: Range): Tensor {
  if (from[0] === to[0] && from[1] === to[1]) return images
  return tf.add(tf.mul(tf.div(tf.sub(images, from[0]), from[1] - from[0]), to[1] - to[0]), to[0])
}

/** Changes numbers one by one, where TensorFlow has no gradient either: only before anything that is trained. */
export function withoutGradient(
  images: Tensor4D,
  config: ConfigReader,
  change: (values: Float32Array, shape: readonly [number, number, number, number]) => Float32Array,
): Tensor4D {
  const apply = tf.customGrad((input) => ({
    value: tf.tensor4d(change(Float32Array.from((input as Tensor).dataSync()), images.shape), images.shape),
    gradFunc: () => {
      throw modelUnsupported('layer order', 'after trained layers', config.where, 'this layer has no gradient')
    },
  }))
  return apply(images)
}

function spanOf(size: number, length: number, random: Random): Range {
  const start = random.nextFloat() * (length - size)
  return [start, start + size]
}

function assertWithin(value: number, [least, most]: Range, config: ConfigReader, name: string): void {
  if (!(value >= least && value <= most)) {
    throw modelInvalid(`${config.where}: expected ${name} from ${least} to ${most}, got ${value}`)
  }
}
