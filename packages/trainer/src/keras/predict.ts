/** What a model says about rows, outside of training. @module */

import * as tf from '@tensorflow/tfjs-core'

import { createRandom } from '../random.ts'
import type { RowBatch } from '../row-source.ts'
import { inputTensors } from './batch-tensors.ts'
import { forward, newPass, uploadWeights } from './forward.ts'
import type { KerasModel } from './model.ts'

/**
 * The model's outputs for `rows` rows, one row-major array per output, all in one batch.
 *
 * @throws TrainingError `SHAPE_MISMATCH`, or `DATASET_INVALID` for an integer that an embedding has no row for
 */
export async function predict(
  model: KerasModel,
  inputs: RowBatch['inputs'],
  rows: number,
): Promise<readonly Float32Array[]> {
  const weights = uploadWeights(model)
  const noDropout = newPass(false, createRandom(0))
  const outputs = tf.tidy(() =>
    forward(model, weights, inputTensors(model, inputs, rows), noDropout).map(({ output }) => output),
  )
  const predictions = await Promise.all(
    outputs.map(async (output) => Float32Array.from(await output.data<'float32'>())),
  )
  tf.dispose([...outputs, ...weights.values()])
  return predictions
}
