/** What a model is made of, in words and numbers. @module */

import type { LayerSummary, ModelSummary, OpenShape } from '../documents/model-summary.ts'
import type { KerasModel, ModelLayer } from '../keras/model.ts'

/** The summary of a compiled model. Its layers are those with arithmetic: inputs stand apart. */
export function summarizeModel(model: KerasModel): ModelSummary {
  const weights = model.layers.flatMap((layer) => layer.weights)
  const total = countNumbers(weights)
  const trainable = countNumbers(weights.filter(({ spec }) => spec.trainable))
  const { optimizer, loss, metrics } = model.compile
  return {
    name: model.name,
    family: model.family,
    layers: model.layers.map(summarizeLayer),
    parameters: { total, trainable, nonTrainable: total - trainable },
    inputs: model.inputs.map(({ name, shape, dtype }) => ({ name, shape: withRows(shape), dtype })),
    outputs: [{ name: model.output.layer, shape: withRows(model.output.shape), dtype: 'float32' }],
    optimizer: { name: optimizer.name, config: optimizer.config },
    loss: loss.name,
    metrics: metrics.map(({ name }) => name),
  }
}

function summarizeLayer({ name, className, trainable, weights, outputShape }: ModelLayer): LayerSummary {
  return { name, className, outputShape: withRows(outputShape), parameters: countNumbers(weights), trainable }
}

function countNumbers(weights: ModelLayer['weights']): number {
  return weights.reduce((count, { spec }) => count + spec.shape.reduce((product, size) => product * size, 1), 0)
}

/** Keras's way to write a shape: any number of rows first. */
function withRows(shape: readonly number[]): OpenShape {
  return [null, ...shape]
}
