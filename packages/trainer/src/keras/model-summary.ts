/** A model in words and numbers, for `model-summary.json`. @module */

import type { LayerSummary, ModelSummary } from '../documents/model-summary.ts'
import type { RestoredEpoch } from '../fit-options.ts'
import type { KerasModel, ModelWeight } from './model.ts'
import { sizeOf } from './shapes.ts'

/**
 * What a model is made of. Counts are Keras's: the integer that Normalization keeps counts as one.
 *
 * @param restored - the epoch that its weights are of, where that is not the last
 */
export function summarizeModel(model: KerasModel, restored?: RestoredEpoch): ModelSummary {
  const weights = model.layers.flatMap((layer) => layer.weights)
  const trainable = countOf(weights.filter(({ spec }) => spec.trainable))
  const total = countOf(weights)
  return {
    name: model.name,
    family: model.family,
    layers: model.layers.map((layer): LayerSummary => ({
      name: layer.name,
      className: layer.className,
      outputShape: [null, ...layer.outputShape],
      parameters: countOf(layer.weights),
      trainable: layer.trainable,
    })),
    parameters: { total, trainable, nonTrainable: total - trainable },
    inputs: model.inputs.map(({ name, shape, dtype }) => ({ name, shape: [null, ...shape], dtype })),
    outputs: model.outputs.map(({ name, shape }) => ({ name, shape: [null, ...shape], dtype: 'float32' })),
    optimizer: { name: model.compile.optimizer.name, config: model.compile.optimizer.config },
    loss: onlyOrAll(model.compile.losses.map(({ loss }) => loss.name)),
    metrics: model.compile.metrics.map(({ name }) => name),
    ...(restored === undefined ? {} : { restored }),
  }
}

function onlyOrAll(names: readonly string[]): string | readonly string[] {
  const [only = '', ...more] = names
  return more.length === 0 ? only : names
}

function countOf(weights: readonly ModelWeight[]): number {
  return weights.reduce((total, { spec }) => total + sizeOf(spec.shape), 0)
}
