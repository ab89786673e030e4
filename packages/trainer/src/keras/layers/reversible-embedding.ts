/** ReversibleEmbedding: a table that is looked up, and multiplied with on the way back. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'

import { firstOf, trainableWeight, type LayerFactory } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { lastOf, onlyInput } from '../shapes.ts'
import { learnedWeight } from './learned-weight.ts'

/** `keras.layers.ReversibleEmbedding` without masking: called with `reverse`, it scores every row of the table. */
export const reversibleEmbedding: LayerFactory = (config, _inputs, trainable) => {
  const rows = config.positiveInteger('input_dim')
  const width = config.positiveInteger('output_dim')
  const tied = config.boolean('tie_weights', true)
  const cap = config.value('logit_soft_cap') === undefined ? undefined : config.number('logit_soft_cap')
  config.ignore('input_length')

  return {
    weights: [
      learnedWeight(config, { name: 'embeddings', shape: [rows, width], trainable }),
      ...(tied ? [] : [trainableWeight('reverse_embeddings', [width, rows], trainable)]),
    ],
    outputShape(shapes, { options }) {
      const shape = onlyInput(shapes, config)
      if (options.reverse !== true) return [...shape, width]
      if (lastOf(shape, config) !== width) throw modelInvalid(`${config.where}: expected ${width} features to reverse`)
      return [...shape.slice(0, -1), rows]
    },
    call(tensors, weights, _pass, { options }) {
      const [input, table] = [firstOf(tensors), firstOf(weights)]
      if (options.reverse !== true) {
        const indices = tf.reshape(tf.cast(input, 'int32'), [-1])
        assertRows(indices, rows, config.where)
        return tf.reshape(lookUp(table, indices, rows), [...input.shape, width])
      }
      const kernel = tied ? tf.transpose(table) : firstOf(weights.slice(1))
      const scores = tf.reshape(tf.matMul(tf.reshape(input, [-1, width]), kernel), [...input.shape.slice(0, -1), rows])
      return cap === undefined ? scores : tf.mul(tf.tanh(tf.div(scores, cap)), cap)
    },
  }
}

/** Rows of the table. Their gradients are added up, as TensorFlow does where the table is also multiplied with. */
function lookUp(table: Tensor, indices: Tensor, rows: number): Tensor {
  const gather = tf.customGrad((source, save) => {
    ;(save as (tensors: Tensor[]) => void)([indices])
    return {
      value: tf.gather(source as Tensor, indices),
      gradFunc: (gradient: Tensor, saved: Tensor[]) =>
        tf.unsortedSegmentSum(gradient, firstOf(saved) as tf.Tensor1D, rows),
    }
  })
  return gather(table)
}

function assertRows(indices: Tensor, rows: number, where: string): void {
  const wrong = indices.dataSync().find((index) => index < 0 || index >= rows)
  if (wrong === undefined) return
  throw new TrainingError('DATASET_INVALID', `${where}: expected integers from 0 to ${rows - 1}, got ${wrong}`, {
    reason: `${wrong} is no row of an embedding of ${rows}`,
  })
}
