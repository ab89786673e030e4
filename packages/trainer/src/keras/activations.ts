/** Keras's activation functions, by the names its configs use. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import { isJsonObject, textOf, type ConfigReader } from './config-reader.ts'
import type { Pass } from './layer.ts'
import { modelUnsupported } from './model-errors.ts'

/** An activation, applied during a pass. */
export type Activation = (input: Tensor, pass: Pass) => Tensor

/** The activation that a member of a config names; `linear` where there is none, or what else is said. */
export function readActivation(config: ConfigReader, member = 'activation', otherwise = 'linear'): Activation {
  return activationOf(config.value(member) ?? otherwise, config.where)
}

function activationOf(value: Exclude<JsonValue, null>, where: string): Activation {
  const isFunction = isJsonObject(value) && value.class_name === 'function'
  return activationNamed(textOf(isFunction ? value.config : isJsonObject(value) ? value.class_name : value), where)
}

/** The activation of that name, with Keras's defaults for its arguments. */
export function activationNamed(name: string, where = 'activation'): Activation {
  const found = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined
  if (found === undefined) throw modelUnsupported('activation', name, where)
  return found
}

/** Softmax over one axis. The last axis keeps its logits, from which Keras takes the crossentropy. */
export function softmax(input: Tensor, pass: Pass, axis = -1): Tensor {
  const last = input.rank - 1
  if (axis === -1 || axis === last) return withLogits(tf.softmax(input), input, pass)
  const order = Array.from({ length: input.rank }, (_, index) => index)
  order[axis] = last
  order[last] = axis
  return withLogits(tf.transpose(tf.softmax(tf.transpose(input, order)), order), input, pass)
}

/** `max(x, 0)` with Keras's slope below, ceiling above and threshold between. */
export function relu(
  input: Tensor,
  options: { readonly maxValue: number | undefined; readonly negativeSlope: number; readonly threshold: number },
): Tensor {
  const { maxValue, negativeSlope, threshold } = options
  if (negativeSlope !== 0 && maxValue === undefined && threshold === 0) return tf.leakyRelu(input, negativeSlope)
  let output = threshold === 0 ? tf.relu(input) : tf.where(tf.greater(input, threshold), input, tf.zerosLike(input))
  if (maxValue !== undefined) output = tf.clipByValue(output, 0, maxValue)
  if (negativeSlope === 0) return output
  return tf.sub(output, tf.mul(negativeSlope, tf.relu(tf.sub(threshold, input))))
}

/** `x` above zero, `alpha · (eˣ − 1)` below. */
export function elu(input: Tensor, alpha: number): Tensor {
  const unit = tf.elu(input)
  return alpha === 1 ? unit : tf.where(tf.greater(input, 0), unit, tf.mul(alpha, unit))
}

function sigmoid(input: Tensor, pass: Pass): Tensor {
  return withLogits(tf.sigmoid(input), input, pass)
}

function withLogits(output: Tensor, logits: Tensor, pass: Pass): Tensor {
  pass.logits.set(output, logits)
  return output
}

function hardSigmoid(input: Tensor): Tensor {
  return tf.div(tf.relu6(tf.add(input, 3)), 6)
}

/** `x · Φ(x)`, by the error function. */
export function gelu(input: Tensor): Tensor {
  return tf.mul(tf.mul(0.5, input), tf.add(1, tf.erf(tf.div(input, Math.SQRT2))))
}

/** `gelu` as Keras approximates it. */
export function geluByTanh(input: Tensor): Tensor {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(input, tf.mul(0.044715, tf.pow(input, 3))))
  return tf.mul(tf.mul(0.5, input), tf.add(1, tf.tanh(inner)))
}

function softplus(input: Tensor): Tensor {
  return tf.softplus(input)
}

function silu(input: Tensor): Tensor {
  return tf.mul(input, tf.sigmoid(input))
}

function hardSilu(input: Tensor): Tensor {
  return tf.mul(input, hardSigmoid(input))
}

/** `input` where the condition holds, else 0. */
function only(condition: Tensor, input: Tensor): Tensor {
  return tf.where(condition, input, tf.zerosLike(input))
}

function softShrink(input: Tensor): Tensor {
  return tf.sub(tf.relu(tf.sub(input, 0.5)), tf.relu(tf.sub(-0.5, input)))
}

function sparsePlus(input: Tensor): Tensor {
  const middle = tf.mul(0.25, tf.square(tf.add(input, 1)))
  return only(tf.greater(input, -1), tf.where(tf.less(input, 1), middle, input))
}

/** Keras 3.15's defaults where an activation has arguments (`keras.src.activations`). */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (input) => input,
  relu: (input) => tf.relu(input),
  relu6: (input) => tf.relu6(input),
  leaky_relu: (input) => tf.leakyRelu(input, 0.2),
  elu: (input) => tf.elu(input),
  celu: (input) => tf.elu(input),
  selu: (input) => tf.selu(input),
  gelu,
  silu,
  swish: silu,
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  mish: (input) => tf.mul(input, tf.tanh(softplus(input))),
  sigmoid,
  hard_sigmoid: hardSigmoid,
  sparse_sigmoid: (input) => tf.clipByValue(tf.mul(0.5, tf.add(input, 1)), 0, 1),
  log_sigmoid: (input) => tf.neg(softplus(tf.neg(input))),
  tanh: (input) => tf.tanh(input),
  hard_tanh: (input) => tf.clipByValue(input, -1, 1),
  tanh_shrink: (input) => tf.sub(input, tf.tanh(input)),
  softmax: (input, pass) => softmax(input, pass),
  log_softmax: (input) => tf.logSoftmax(input),
  softplus,
  softsign: (input) => tf.div(input, tf.add(1, tf.abs(input))),
  squareplus: (input) => tf.div(tf.add(input, tf.sqrt(tf.add(tf.square(input), 4))), 2),
  exponential: (input) => tf.exp(input),
  hard_shrink: (input) => only(tf.greater(tf.abs(input), 0.5), input),
  soft_shrink: softShrink,
  sparse_plus: sparsePlus,
}
