/** Attention and AdditiveAttention: each query as a mean of values, weighted by how the keys answer it. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../config-reader.ts'
import { trainableWeight, type Layer, type LayerFactory, type Pass, type Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { attend, causalMask, both } from './attention-scores.ts'
import { readRate } from './dropout.ts'

/** How queries [rows, T, 1, width] and keys [rows, 1, S, width] are compared, or products taken: scores [rows, T, S]. */
type Score = (query: Tensor, key: Tensor, weights: readonly Tensor[]) => Tensor

/** `keras.layers.Attention`, by products or by sums (`score_mode` `concat`). */
export const attention: LayerFactory = (config, _inputs, trainable) => {
  const useScale = config.boolean('use_scale', false)
  const mode = config.oneOf('score_mode', ['dot', 'concat'])
  const weights = [
    ...(useScale ? [trainableWeight('scale', [], trainable)] : []),
    ...(mode === 'concat' ? [trainableWeight('concat_score_weight', [], trainable)] : []),
  ]
  const score: Score = (query, key, [first, second]) => {
    if (mode === 'dot') {
      const scores = tf.matMul(query, key, false, true)
      return useScale ? tf.mul(scores, given(first)) : scores
    }
    const sums = pairSums(query, key)
    const scaled = useScale ? tf.mul(given(first), sums) : sums
    return tf.mul(given(useScale ? second : first), tf.sum(tf.tanh(scaled), -1))
  }
  return attentionOf(config, weights, score)
}

/** `keras.layers.AdditiveAttention`. */
export const additiveAttention: LayerFactory = (config, inputs, trainable) => {
  const useScale = config.boolean('use_scale', true)
  config.ignore('score_mode') // of the class it is made from, which this one does not look at
  const weights = useScale ? [trainableWeight('scale', [inputs[0]?.at(-1) ?? 1], trainable)] : []
  return attentionOf(config, weights, (query, key, [scale]) => {
    const answers = tf.tanh(pairSums(query, key))
    return tf.sum(useScale ? tf.mul(given(scale), answers) : answers, -1)
  })
}

function attentionOf(config: ConfigReader, weights: Layer['weights'], score: Score): Layer {
  const dropout = readRate(config, 'dropout', 0)
  config.ignore('seed')
  const outputShape = (shapes: readonly Shape[]): Shape => {
    const [query, value, key = value, ...more] = shapes
    if (query?.length !== 2 || value?.length !== 2 || key?.length !== 2 || more.length > 0 || key[0] !== value[0]) {
      throw modelInvalid(`${config.where}: expected query, value and perhaps key, each of 3 axes`)
    }
    return [query[0] ?? 0, value[1] ?? 0]
  }

  return {
    weights,
    outputShape,
    outputShapes: (shapes, { options }) => [
      outputShape(shapes),
      ...(options.return_attention_scores === true ? [[shapes[0]?.[0] ?? 0, shapes[1]?.[0] ?? 0]] : []),
    ],
    call([query, value, key = value], variables, pass: Pass, { masks, options }) {
      if (query === undefined || value === undefined || key === undefined) throw new TypeError('attention: no inputs')
      const [queryMask, valueMask] = masks
      const padding = valueMask === undefined ? undefined : tf.expandDims(tf.cast(valueMask, 'float32'), 1)
      const causal = options.use_causal_mask === true ? causalMask(query.shape[1] ?? 0, value.shape[1] ?? 0) : undefined
      const { output, scores } = attend(score(query, key, variables), value, {
        mask: both(padding, causal),
        dropout,
        pass,
      })
      const kept = queryMask === undefined ? output : tf.mul(output, tf.expandDims(tf.cast(queryMask, 'float32'), -1))
      return { tensors: options.return_attention_scores === true ? [kept, scores] : [kept], masks: [queryMask] }
    },
  }
}

/** Each query plus each key: [rows, T, S, width]. */
function pairSums(query: Tensor, key: Tensor): Tensor {
  return tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1))
}

function given(weight: Tensor | undefined): Tensor {
  if (weight === undefined) throw new TypeError('attention: a weight is missing')
  return weight
}
