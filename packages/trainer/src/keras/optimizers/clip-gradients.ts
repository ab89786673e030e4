/** Clipping of gradients, by norm, by their norm together, or by value. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Variable } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { Gradient } from './gradient.ts'

/** What gradients are clipped to; at most one is set. */
export interface ClipOptions {
  readonly clipnorm: number | undefined
  readonly globalClipnorm: number | undefined
  readonly clipvalue: number | undefined
}

/** The clipping that an optimizer's config asks for. */
export function readClipOptions(reader: ConfigReader): ClipOptions {
  return {
    clipnorm: reader.value('clipnorm') === undefined ? undefined : reader.number('clipnorm'),
    globalClipnorm: reader.value('global_clipnorm') === undefined ? undefined : reader.number('global_clipnorm'),
    clipvalue: reader.value('clipvalue') === undefined ? undefined : reader.number('clipvalue'),
  }
}

/**
 * The first of `clipnorm`, `global_clipnorm` and `clipvalue` that is set, as Keras takes them. Of a looked-up table all
 * three look at single occurrences; `global_clipnorm` then adds them up, the others leave them apart.
 */
export function clipGradients(
  gradients: ReadonlyMap<Variable, Gradient>,
  { clipnorm, globalClipnorm, clipvalue }: ClipOptions,
): ReadonlyMap<Variable, Gradient> {
  const each = (change: (gradient: Gradient) => Gradient): ReadonlyMap<Variable, Gradient> =>
    new Map([...gradients].map(([weight, gradient]) => [weight, change(gradient)]))

  if (clipnorm !== undefined && clipnorm > 0) {
    return each((gradient) => {
      const norm = tf.sqrt(gradient.squaredNorm())
      return gradient.map((values) => tf.div(tf.mul(values, clipnorm), tf.maximum(norm, clipnorm)))
    })
  }
  if (globalClipnorm !== undefined && globalClipnorm > 0) {
    const norm = tf.sqrt(tf.addN([...gradients.values()].map((gradient) => gradient.squaredNorm())))
    const scale = tf.mul(globalClipnorm, tf.minimum(tf.div(1, norm), 1 / globalClipnorm))
    return each((gradient) => Gradient.dense(tf.mul(gradient.sum(), scale)))
  }
  if (clipvalue !== undefined && clipvalue > 0) {
    return each((gradient) => gradient.map((values) => tf.clipByValue(values, -clipvalue, clipvalue)))
  }
  return gradients
}
