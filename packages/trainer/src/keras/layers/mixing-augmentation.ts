/** Layers that mix the images of a batch while training. The targets stay as they are, as in Keras for plain images. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'

import type { Random } from '../../random.ts'
import type { LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { normalNumbers } from '../normal-numbers.ts'
import { augmenting, perImage, readRange, rectangles, uniform, where } from './augmentation.ts'

/** `keras.layers.MixUp`: each image with another of its batch, in a share drawn from Beta(α, α). */
export const mixUp: LayerFactory = (config, inputs) => {
  const alpha = config.number('alpha', 0.2)
  if (!(alpha > 0)) throw modelInvalid(`${config.where}: expected an alpha above 0, got ${alpha}`)
  return augmenting(config, inputs, (images, random) => {
    const others = shuffled(images, random)
    return where(
      perImage(images, () => beta(alpha, random)),
      images,
      others,
    )
  })
}

/** `keras.layers.CutMix`: a rectangle of each image from another of its batch. */
export const cutMix: LayerFactory = (config, inputs) => {
  const factor = readRange(config, 'factor', [0, 1])
  return augmenting(config, inputs, (images, random) => {
    const alpha = uniform(random, factor) + 1e-6
    const others = shuffled(images, random)
    const inside = rectangles(images, random, () => {
      const side = Math.sqrt(1 - beta(alpha, random))
      return [side, side]
    })
    return where(inside, others, images)
  })
}

/** The same images in another order: a product, so that gradients find their way back. */
function shuffled(images: Tensor4D, random: Random): Tensor {
  const [rows] = images.shape
  const places = new Float32Array(rows * rows)
  random.permutation(rows).forEach((other, row) => {
    places[row * rows + other] = 1
  })
  const flat = tf.reshape(images, [rows, -1])
  return tf.reshape(tf.matMul(tf.tensor2d(places, [rows, rows]), flat), images.shape)
}

/** A number of Beta(α, α). */
function beta(alpha: number, random: Random): number {
  // the logarithms of both, since small shapes give numbers below what a float can hold
  const difference = logGamma(alpha, random) - logGamma(alpha, random)
  return 1 / (1 + Math.exp(-difference))
}

/** The logarithm of a number of Gamma(shape, 1) (Marsaglia and Tsang; below 1 by a power of a uniform number). */
function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.nextFloat()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const [normal = 0] = normalNumbers(1, random, 1)
    const cube = (1 + c * normal) ** 3
    if (cube <= 0) continue
    const accepted = Math.log(1 - random.nextFloat()) < 0.5 * normal * normal + d - d * cube + d * Math.log(cube)
    if (accepted) return Math.log(d * cube)
  }
}
