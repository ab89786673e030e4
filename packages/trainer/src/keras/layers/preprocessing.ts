/** Layers that prepare data inside a model: Rescaling and Normalization. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import type { ConfigReader } from '../config-reader.ts'
import { firstOf, stateWeight, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid } from '../model-errors.ts'
import { featureAxis, onlyInput } from '../shapes.ts'

/** What Keras keeps a standard deviation above (`keras.config.epsilon`). */
const EPSILON = 1e-7

/** `keras.layers.Rescaling`: `x · scale + offset`, each a number or a list along the last axis. */
export const rescaling: LayerFactory = (config) => {
  const scale = numbers(config, 'scale', 1)
  const offset = numbers(config, 'offset', 0)
  return {
    weights: [],
    outputShape: (shapes) => onlyInput(shapes, config),
    call: (inputs) => tf.add(tf.mul(firstOf(inputs), asTensor(scale)), asTensor(offset)),
  }
}

/**
 * `keras.layers.Normalization`: `(x − mean) / max(√variance, 1e-7)`. The statistics are the config's, or those that
 * `adapt` left among the weights.
 */
export const normalization: LayerFactory = (config, inputs) => {
  const shape = onlyInput(inputs, config)
  const axes = (config.integers('axis') ?? []).map((axis) => featureAxis(axis, shape, config)).sort((a, b) => a - b)
  const invert = config.boolean('invert', false)
  const kept = axes.map((axis) => shape[axis - 1] ?? 1)
  const broadcast = [1, ...shape.map((size, index) => (axes.includes(index + 1) ? size : 1))]
  const given = config.value('mean') === undefined ? undefined : statistics(config, axes, shape)

  return {
    weights:
      given === undefined
        ? [stateWeight('mean', kept), stateWeight('variance', kept), { ...stateWeight('count', []), dtype: 'count' }]
        : [],
    outputShape: (shapes) => onlyInput(shapes, config),
    call(inputTensors, weights) {
      const input = firstOf(inputTensors)
      const [mean, variance] =
        given === undefined
          ? [tf.reshape(firstOf(weights), broadcast), tf.reshape(firstOf(weights.slice(1)), broadcast)]
          : [given.mean(), given.variance()]
      const deviation = tf.maximum(tf.sqrt(variance), EPSILON)
      return invert ? tf.add(mean, tf.mul(input, deviation)) : tf.div(tf.sub(input, mean), deviation)
    },
  }
}

/** The config's own statistics, aligned to the kept axes from the right. */
function statistics(
  config: ConfigReader,
  axes: readonly number[],
  shape: Shape,
): Record<'mean' | 'variance', () => Tensor> {
  const mean = numbers(config, 'mean', 0)
  const variance = numbers(config, 'variance', 1)
  const aligned = Array.from({ length: shape.length + 1 }, () => 1)
  const last = axes.at(-1)
  if (mean.length > 1 && last !== undefined) aligned[last] = mean.length
  if (mean.length !== variance.length || (mean.length > 1 && mean.length !== shape[(last ?? 0) - 1])) {
    throw modelInvalid(`${config.where}: mean and variance do not fit the input`)
  }
  return { mean: () => tf.tensor([...mean], aligned), variance: () => tf.tensor([...variance], aligned) }
}

/** A number as a list of one, a list of numbers as it is; one level of nesting that holds one list is opened. */
function numbers(config: ConfigReader, name: string, fallback: number): readonly number[] {
  let value: JsonValue = config.value(name) ?? fallback
  while (Array.isArray(value) && value.length === 1 && Array.isArray(value[0])) value = value[0] as JsonValue
  const list: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  return list.map((entry) => {
    if (typeof entry !== 'number') throw modelInvalid(`${config.where}: expected a number or a list of them as ${name}`)
    return entry
  })
}

function asTensor(values: readonly number[]): Tensor {
  const [only] = values
  return values.length === 1 && only !== undefined ? tf.scalar(only) : tf.tensor1d([...values])
}
