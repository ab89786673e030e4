/** A recurrent layer around a cell: SimpleRNN, LSTM, GRU, RNN and ConvLSTM are all one. @module */

import * as tf from '@tensorflow/tfjs-core'

import type { ConfigReader } from '../../config-reader.ts'
import { firstOf, weightsWithin, type CallArguments, type Layer, type LayerFactory, type Shape } from '../../layer.ts'
import { modelInvalid, modelUnsupported } from '../../model-errors.ts'
import { onlyInput, sameShape } from '../../shapes.ts'
import type { Cell } from './cell.ts'
import { gruCell, lstmCell, simpleRnnCell, type CellFactory } from './dense-cells.ts'
import { runCell } from './run-cell.ts'
import { readCellObject } from './serialized-cell.ts'

/** `keras.layers.SimpleRNN`. */
export const simpleRnn: LayerFactory = (config, inputs, trainable) => around(simpleRnnCell, config, inputs, trainable)
/** `keras.layers.LSTM`. */
export const lstm: LayerFactory = (config, inputs, trainable) => around(lstmCell, config, inputs, trainable)
/** `keras.layers.GRU`. */
export const gru: LayerFactory = (config, inputs, trainable) => around(gruCell, config, inputs, trainable)

/** `keras.layers.RNN`, of a cell of Keras's or a stack of them. */
export const rnn: LayerFactory = (config, inputs) => {
  const cell = readCellObject(config.value('cell') ?? null, config.where, {
    step: stepOf(inputs, config),
    trainable: true,
  })
  return recurrentLayer(cell, config)
}

function around(factory: CellFactory, config: ConfigReader, inputs: readonly Shape[], trainable: boolean): Layer {
  return recurrentLayer(factory(config, stepOf(inputs, config), trainable), config)
}

/** The shape of one step of a layer's one sequence. */
export function stepOf(inputs: readonly Shape[], config: ConfigReader): Shape {
  const [steps, ...step] = onlyInput(inputs, config)
  if (steps === undefined || step.length === 0) throw modelInvalid(`${config.where}: expected a sequence`)
  return step
}

/** The layer that runs a cell over a sequence, by the options that all recurrent layers have. */
export function recurrentLayer(cell: Cell, config: ConfigReader): Layer {
  const sequences = config.boolean('return_sequences', false)
  const returnsState = config.boolean('return_state', false)
  const backwards = config.boolean('go_backwards', false)
  const zeroWhereMasked = config.boolean('zero_output_for_mask', false)
  if (config.boolean('stateful', false)) throw modelUnsupported('option', 'stateful', config.where)
  config.ignore('unroll', 'use_cudnn')
  const outputShapes = (inputs: readonly Shape[], given: CallArguments<Shape>): readonly Shape[] => {
    const [steps = 0] = onlyInput(inputs, config)
    const initial = given.tensors.initial_state
    if (initial !== undefined && !sameShapes(initial, cell.states)) {
      throw modelInvalid(`${config.where}: initial_state does not fit the cell's states`)
    }
    return [sequences ? [steps, ...cell.output] : cell.output, ...(returnsState ? cell.states : [])]
  }
  return {
    weights: weightsWithin('cell', cell.weights),
    outputShape: (inputs, given) => outputShapes(inputs, given)[0] ?? [],
    outputShapes,
    call(inputs, weights, pass, { tensors, masks: [mask] }) {
      const run = { sequence: firstOf(inputs), initial: tensors.initial_state, mask, backwards, zeroWhereMasked }
      const { outputs, states } = runCell(cell, weights, run, pass)
      const output = sequences ? tf.stack([...outputs], 1) : firstOf([outputs.at(-1)])
      return { tensors: [output, ...(returnsState ? states : [])], masks: [sequences ? mask : undefined] }
    },
  }
}

function sameShapes(left: readonly Shape[], right: readonly Shape[]): boolean {
  return left.length === right.length && left.every((shape, index) => sameShape(shape, right[index] ?? []))
}
