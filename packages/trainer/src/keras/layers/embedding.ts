/** Embedding: one learned row per integer. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'

import { firstOf, trainableWeight, type LayerFactory, type Pass } from '../layer.ts'
import { onlyInput } from '../shapes.ts'

/** `keras.layers.Embedding`; with `mask_zero`, an index of 0 stands for a step that does not count. */
export const embedding: LayerFactory = (config, inputs, trainable) => {
  onlyInput(inputs, config)
  const rows = config.positiveInteger('input_dim')
  const width = config.positiveInteger('output_dim')
  const masksZero = config.boolean('mask_zero', false)
  config.ignore('input_length')

  return {
    weights: [trainableWeight('embeddings', [rows, width], trainable, config.regularizer('embeddings_regularizer'))],
    outputShape: (shapes) => [...onlyInput(shapes, config), width],
    call(inputTensors, weights, pass) {
      const input = firstOf(inputTensors)
      const indices = tf.reshape(tf.cast(input, 'int32'), [-1])
      assertWithinTable(indices, rows, config.where)
      const found = tf.reshape(lookUp(firstOf(weights), indices, pass), [...input.shape, width])
      return { tensors: [found], masks: [masksZero ? tf.notEqual(input, 0) : undefined] }
    },
  }
}

/** Rows of the table; the gradient is left beside the pass as TensorFlow has it, one row per occurrence. */
function lookUp(table: Variable, indices: Tensor, pass: Pass): Tensor {
  const gather = tf.customGrad((source, save) => {
    if (typeof save !== 'function') throw new TypeError('embedding: expected one table')
    save([indices])
    return {
      value: tf.gather(source as Tensor, indices),
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const occurrences = firstOf(saved)
        const earlier = pass.sparseGradients.get(table) ?? []
        const part = { indices: tf.keep(occurrences.clone()), rows: tf.keep(gradient.clone()) }
        pass.sparseGradients.set(table, [...earlier, part])
        return tf.unsortedSegmentSum(gradient, occurrences as tf.Tensor1D, table.shape[0] ?? 0)
      },
    }
  })
  return gather(table)
}

function assertWithinTable(indices: Tensor, rows: number, where: string): void {
  for (const index of indices.dataSync()) {
    if (index < 0 || index >= rows) {
      throw new TrainingError('DATASET_INVALID', `${where}: expected integers from 0 to ${rows - 1}, got ${index}`, {
        reason: `${index} is no row of an embedding of ${rows}`,
      })
    }
  }
}
