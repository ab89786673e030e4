/** Operations that make one number of many, along axes: `keras.ops.mean`, `keras.ops.any`. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { firstOf, type LayerFactory } from '../../layer.ts'
import { modelUnsupported } from '../../model-errors.ts'
import { asNumbers, asTruths, axesOf, type OperationFactories } from './operation.ts'

type Reduce = (tensor: Tensor, axes: number[], keep: boolean) => Tensor

/** Rows are never added up with one another: axes have to be named, and the row axis is none of them. */
const reducing =
  (reduce: Reduce, read: (tensor: Tensor) => Tensor = asNumbers): LayerFactory =>
  (config, [shape = []]) => {
    if (config.value('initial') !== undefined) throw modelUnsupported('option', 'initial', config.where)
    const axes = axesOf(config, shape.length + 1)
    const keep = config.boolean('keepdims', false)
    return {
      weights: [],
      outputShape: ([input = []]) =>
        input.flatMap((size, index) => (axes.includes(index + 1) ? (keep ? [1] : []) : [size])),
      call: (tensors) => reduce(read(firstOf(tensors)), [...axes], keep),
    }
  }

const variance: Reduce = (tensor, axes, keep) =>
  tf.mean(tf.square(tf.sub(tensor, tf.mean(tensor, axes, true))), axes, keep)

/** Of `keras.src.ops.numpy`. */
export const REDUCTIONS: OperationFactories = {
  All: reducing(tf.all, asTruths),
  Any: reducing(tf.any, asTruths),
  Max: reducing(tf.max),
  Mean: reducing(tf.mean),
  Min: reducing(tf.min),
  Std: reducing((tensor, axes, keep) => tf.sqrt(variance(tensor, axes, keep))),
  Sum: reducing(tf.sum),
  Var: reducing(variance),
}

/** Of `keras.src.ops.math`. */
export const MORE_REDUCTIONS: OperationFactories = { Logsumexp: reducing(tf.logSumExp) }
