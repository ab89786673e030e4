/** ConvLSTM1D, 2D and 3D: an LSTM whose products are convolutions. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'

import { readActivation } from '../../activations.ts'
import type { ConfigReader } from '../../config-reader.ts'
import { convolveAny, type Movement } from '../../convolve-any.ts'
import { firstOf, trainableWeight, type LayerFactory, type Shape } from '../../layer.ts'
import { modelInvalid } from '../../model-errors.ts'
import { readWindow } from '../convolution.ts'
import { dropoutMasks, readDropout, type Cell } from './cell.ts'
import { recurrentLayer, stepOf } from './recurrent-layer.ts'

/** `keras.layers.ConvLSTM1D`, channels last. */
export const convLstm1d: LayerFactory = (config, inputs, trainable) => convLstm(1, config, inputs, trainable)
/** `keras.layers.ConvLSTM2D`, channels last. */
export const convLstm2d: LayerFactory = (config, inputs, trainable) => convLstm(2, config, inputs, trainable)
/** `keras.layers.ConvLSTM3D`, channels last. */
export const convLstm3d: LayerFactory = (config, inputs, trainable) => convLstm(3, config, inputs, trainable)

function convLstm(
  rank: number,
  config: ConfigReader,
  inputs: readonly Shape[],
  trainable: boolean,
): ReturnType<LayerFactory> {
  const step = stepOf(inputs, config)
  if (step.length !== rank + 1)
    throw modelInvalid(`${config.where}: expected steps of ${rank + 1} axes, got ${step.length}`)
  return recurrentLayer(convLstmCell(config, step, trainable), config)
}

function convLstmCell(config: ConfigReader, step: Shape, trainable: boolean): Cell {
  const rank = step.length - 1
  const channels = step[rank] ?? 1
  const filters = config.positiveInteger('filters')
  const size = config.sizes('kernel_size', rank)
  const window = readWindow(config, size, { causal: false })
  config.oneOf('data_format', ['channels_last'])
  const activation = readActivation(config, 'activation', 'tanh')
  const gate = readActivation(config, 'recurrent_activation', 'sigmoid')
  const rates = readDropout(config)
  const useBias = config.boolean('use_bias', true)
  config.ignore('unit_forget_bias') // says how the bias began
  const state = [...window.lengths(step.slice(0, rank)), filters]
  const still: Movement = { strides: size.map(() => 1), dilations: size.map(() => 1), padding: 'same' }
  return {
    weights: [
      trainableWeight('kernel', [...size, channels, 4 * filters], trainable),
      trainableWeight('recurrent_kernel', [...size, filters, 4 * filters], trainable),
      ...(useBias ? [trainableWeight('bias', [4 * filters], trainable)] : []),
    ],
    states: [state, state],
    output: state,
    begin([kernel, recurrent, bias], pass, rows) {
      const inputMasks = dropoutMasks(step, rates.inputs, pass, { rows, count: 4 })
      const stateMasks = dropoutMasks(state, rates.states, pass, { rows, count: 4 })
      return {
        project(inputs) {
          const sum = convolved(inputs, firstOf([kernel]), { masks: inputMasks, movement: window, rank })
          return bias === undefined ? sum : tf.add(sum, bias)
        },
        step(projected, [before, carryBefore]) {
          const remembered = { masks: stateMasks, movement: still, rank }
          const sum = tf.add(projected, convolved(firstOf([before]), firstOf([recurrent]), remembered))
          const [input, forget, candidate, output] = tf.split(sum, 4, -1)
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

/** A convolution of images or of sequences of them; with masks, one for each gate's part of the filters. */
function convolved(
  input: Tensor,
  kernel: Tensor,
  how: { readonly masks: readonly Tensor[] | undefined; readonly movement: Movement; readonly rank: number },
): Tensor {
  const { masks, movement, rank } = how
  const plain = (tensor: Tensor, filter: Tensor): Tensor => {
    const axes = rank + 1
    const leading = tensor.shape.slice(0, -axes)
    const output = convolveAny(tf.reshape(tensor, [-1, ...tensor.shape.slice(-axes)]), filter, movement)
    return tf.reshape(output, [...leading, ...output.shape.slice(1)])
  }
  if (masks === undefined) return plain(input, kernel)
  const parts = tf.split(kernel, masks.length, -1)
  return tf.concat(
    parts.map((part, index) => plain(tf.mul(input, masks[index] ?? 1), part)),
    -1,
  )
}
