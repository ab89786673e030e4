/** Penalties on weights and on what layers give, added to the loss. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

import type { ConfigReader, NamedConfig } from './config-reader.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'

/** One of Keras's regularizers. */
export interface Regularizer {
  /** The penalty, one number. Differentiable. */
  of(values: Tensor): Scalar
}

const REGULARIZERS: ReadonlyMap<string, (config: ConfigReader) => Regularizer> = new Map([
  ['L1', (config) => sums(config.number('l1', 0.01), 0)],
  ['L2', (config) => sums(0, config.number('l2', 0.01))],
  ['L1L2', (config) => sums(config.number('l1', 0), config.number('l2', 0))],
  ['OrthogonalRegularizer', orthogonal],
])

/** Classes that a config may name as a regularizer. */
export const REGULARIZER_CLASSES: readonly string[] = [...REGULARIZERS.keys()]

/** @throws TrainingError `MODEL_UNSUPPORTED`, `MODEL_INVALID` */
export function readRegularizer({ className, config }: NamedConfig): Regularizer {
  const create = REGULARIZERS.get(className)
  if (create === undefined) throw modelUnsupported('regularizer', className, config.where)
  const regularizer = create(config)
  config.finish()
  return regularizer
}

/** `l1 · Σ|w| + l2 · Σw²`. */
function sums(l1: number, l2: number): Regularizer {
  return {
    of(values) {
      const parts = [
        ...(l1 === 0 ? [] : [tf.mul<Scalar>(l1, tf.sum<Scalar>(tf.abs(values)))]),
        ...(l2 === 0 ? [] : [tf.mul<Scalar>(l2, tf.sum<Scalar>(tf.square(values)))]),
      ]
      return parts.length === 0 ? tf.scalar(0) : tf.addN<Scalar>(parts)
    },
  }
}

function orthogonal(config: ConfigReader): Regularizer {
  const factor = config.number('factor', 0.01)
  const mode = config.oneOf('mode', ['rows', 'columns'])
  return {
    of(values) {
      if (values.rank !== 2) throw modelInvalid(`${config.where}: expected a weight of 2 axes, got ${values.rank}`)
      const rows = mode === 'rows' ? values : tf.transpose(values)
      const [size = 0] = rows.shape
      const lengths = tf.minimum(tf.rsqrt(tf.sum(tf.square(rows), 1, true)), 1e7)
      const unit = tf.mul(rows, lengths)
      const product = tf.matMul(unit, tf.transpose(unit))
      const others = tf.sum<Scalar>(tf.abs(tf.mul(product, tf.sub(1, tf.eye(size)))))
      return tf.div<Scalar>(tf.mul(0.5 * factor, others), (size * (size - 1)) / 2)
    },
  }
}
