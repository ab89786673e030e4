/** SimpleRNNCell, LSTMCell and GRUCell. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { readActivation } from '../../activations.ts'
import type { ConfigReader } from '../../config-reader.ts'
import { firstOf, trainableWeight, type Shape, type WeightSpec } from '../../layer.ts'
import { dropoutMasks, featuresOf, readDropout, times, timesMasked, type Cell } from './cell.ts'

/** How a cell is made from its config and the shape of one step. */
export type CellFactory = (config: ConfigReader, step: Shape, trainable: boolean) => Cell

/** `keras.layers.SimpleRNNCell`: `h = activation(x·W + h·U + b)`. */
export const simpleRnnCell: CellFactory = (config, step, trainable) => {
  const { features, units, weights } = readCell(config, step, trainable, { gates: 1, biases: 1 })
  const activation = readActivation(config, 'activation', 'tanh')
  const rates = readDropout(config)
  return {
    weights,
    states: [[units]],
    output: [units],
    begin([kernel, recurrent, bias], pass, rows) {
      const inputMasks = dropoutMasks([features], rates.inputs, pass, { rows, count: 1 })
      const stateMasks = dropoutMasks([units], rates.states, pass, { rows, count: 1 })
      return {
        project: (inputs) => plus(timesMasked(inputs, firstOf([kernel]), inputMasks), bias),
        step(projected, [before]) {
          const sum = tf.add(projected, timesMasked(firstOf([before]), firstOf([recurrent]), stateMasks))
          const output = activation(sum, pass)
          return { output, states: [output] }
        },
      }
    },
  }
}

/** `keras.layers.LSTMCell`, gates in Keras's order: input, forget, carry, output. */
export const lstmCell: CellFactory = (config, step, trainable) => {
  const { features, units, weights } = readCell(config, step, trainable, { gates: 4, biases: 1 })
  const activation = readActivation(config, 'activation', 'tanh')
  const gate = readActivation(config, 'recurrent_activation', 'sigmoid')
  const rates = readDropout(config)
  const count = rates.states === 0 ? 1 : 4
  config.ignore('unit_forget_bias') // says how the bias began
  return {
    weights,
    states: [[units], [units]],
    output: [units],
    begin([kernel, recurrent, bias], pass, rows) {
      const inputMasks = dropoutMasks([features], rates.inputs, pass, { rows, count })
      const stateMasks = dropoutMasks([units], rates.states, pass, { rows, count })
      return {
        project: (inputs) => plus(timesMasked(inputs, firstOf([kernel]), inputMasks), bias),
        step(projected, [before, carryBefore]) {
          const sum = tf.add(projected, timesMasked(firstOf([before]), firstOf([recurrent]), stateMasks))
          const [input, forget, candidate, output] = tf.split(sum, 4, 1)
          const carry = tf.add(
            tf.mul(gate(firstOf([forget]), pass), firstOf([carryBefore])),
            tf.mul(gate(firstOf([input]), pass), activation(firstOf([candidate]), pass)),
          )
          const hidden = tf.mul(gate(firstOf([output]), pass), activation(carry, pass))
          return { output: hidden, states: [hidden, carry] }
        },
      }
    },
  }
}

/** `keras.layers.GRUCell`, gates in Keras's order: update, reset, candidate; `reset_after` both ways. */
export const gruCell: CellFactory = (config, step, trainable) => {
  const resetAfter = config.boolean('reset_after', true)
  const { features, units, weights } = readCell(config, step, trainable, { gates: 3, biases: resetAfter ? 2 : 1 })
  const activation = readActivation(config, 'activation', 'tanh')
  const gate = readActivation(config, 'recurrent_activation', 'sigmoid')
  const rates = readDropout(config)
  const count = rates.states === 0 ? 1 : 3
  return {
    weights,
    states: [[units]],
    output: [units],
    begin([kernel, recurrent, bias], pass, rows) {
      const inputMasks = dropoutMasks([features], rates.inputs, pass, { rows, count })
      const stateMasks = dropoutMasks([units], rates.states, pass, { rows, count })
      const biases: readonly (Tensor | undefined)[] = bias === undefined || !resetAfter ? [bias] : tf.unstack(bias)
      const [inputBias, stateBias] = biases
      const [gates, last] = tf.split(firstOf([recurrent]), [2 * units, units], 1)
      return {
        project: (inputs) => plus(timesMasked(inputs, firstOf([kernel]), inputMasks), inputBias),
        step(projected, [state]) {
          const before = firstOf([state])
          const [inputUpdate, inputReset, inputNew] = tf.split(projected, 3, 1)
          const known = resetAfter
            ? plus(timesMasked(before, firstOf([recurrent]), stateMasks), stateBias)
            : timesMasked(before, firstOf([gates]), stateMasks?.slice(0, 2))
          const [stateUpdate, stateReset, stateNew] = tf.split(known, resetAfter ? 3 : 2, 1)
          const update = gate(tf.add(firstOf([inputUpdate]), firstOf([stateUpdate])), pass)
          const reset = gate(tf.add(firstOf([inputReset]), firstOf([stateReset])), pass)
          const remembered = stateMasks?.[2] === undefined ? before : tf.mul(before, stateMasks[2])
          const fromState =
            stateNew === undefined ? times(tf.mul(reset, remembered), firstOf([last])) : tf.mul(reset, stateNew)
          const candidate = activation(tf.add(firstOf([inputNew]), fromState), pass)
          const output = tf.add(tf.mul(update, before), tf.mul(tf.sub(1, update), candidate))
          return { output, states: [output] }
        },
      }
    },
  }
}

function readCell(
  config: ConfigReader,
  step: Shape,
  trainable: boolean,
  { gates, biases }: { readonly gates: number; readonly biases: number },
): { readonly features: number; readonly units: number; readonly weights: readonly WeightSpec[] } {
  const features = featuresOf(step, config)
  const units = config.positiveInteger('units')
  const width = gates * units
  const bias = biases === 1 ? [width] : [biases, width]
  const weights = [
    trainableWeight('kernel', [features, width], trainable, config.regularizer('kernel_regularizer')),
    trainableWeight('recurrent_kernel', [units, width], trainable, config.regularizer('recurrent_regularizer')),
  ]
  const biasRegularizer = config.regularizer('bias_regularizer')
  const useBias = config.boolean('use_bias', true)
  return {
    features,
    units,
    weights: useBias ? [...weights, trainableWeight('bias', bias, trainable, biasRegularizer)] : weights,
  }
}

function plus(sum: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? sum : tf.add(sum, bias)
}
