/** What a weight is made to be after each step. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader, NamedConfig } from './config-reader.ts'
import { modelUnsupported } from './model-errors.ts'

/** The nearest allowed weight. */
export type Constraint = (weight: Tensor) => Tensor

const EPSILON = 1e-7

const CONSTRAINTS: ReadonlyMap<string, (config: ConfigReader) => Constraint> = new Map([
  ['MaxNorm', maxNorm],
  ['NonNeg', () => (weight: Tensor) => tf.maximum(weight, 0)],
  ['UnitNorm', unitNorm],
  ['MinMaxNorm', minMaxNorm],
])

/** Classes that a config may name as a constraint. */
export const CONSTRAINT_CLASSES: readonly string[] = [...CONSTRAINTS.keys()]

/** @throws TrainingError `MODEL_UNSUPPORTED`, `MODEL_INVALID` */
export function readConstraint({ className, config }: NamedConfig): Constraint {
  const create = CONSTRAINTS.get(className)
  if (create === undefined) throw modelUnsupported('constraint', className, config.where)
  const constraint = create(config)
  config.finish()
  return constraint
}

function maxNorm(config: ConfigReader): Constraint {
  const most = config.number('max_value', 2)
  const norm = readNorm(config)
  return (weight) => {
    const norms = norm(weight)
    return tf.mul(weight, tf.div(tf.clipByValue(norms, 0, most), tf.add(EPSILON, norms)))
  }
}

function unitNorm(config: ConfigReader): Constraint {
  const norm = readNorm(config)
  return (weight) => tf.div(weight, tf.add(EPSILON, norm(weight)))
}

function minMaxNorm(config: ConfigReader): Constraint {
  const [least, most] = [config.number('min_value', 0), config.number('max_value', 1)]
  const rate = config.number('rate', 1)
  const norm = readNorm(config)
  return (weight) => {
    const norms = norm(weight)
    const desired = tf.add(tf.mul(rate, tf.clipByValue(norms, least, most)), tf.mul(1 - rate, norms))
    return tf.mul(weight, tf.div(desired, tf.add(EPSILON, norms)))
  }
}

function readNorm(config: ConfigReader): (weight: Tensor) => Tensor {
  const axes = [...(config.integers('axis') ?? [0])]
  return (weight) => tf.sqrt(tf.sum(tf.square(weight), axes, true))
}
