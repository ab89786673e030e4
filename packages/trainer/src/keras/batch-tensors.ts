/** Rows of a data set as tensors of a model's shapes, checked first. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'

import type { RowBatch, RowSource } from '../row-source.ts'
import type { KerasModel } from './model.ts'
import type { Shape } from './layer.ts'
import { sameShape, sizeOf } from './shapes.ts'

/**
 * Checks that a data set has the model's inputs, and the targets that its loss takes.
 *
 * @throws TrainingError `SHAPE_MISMATCH`
 */
export function assertDataFits(model: KerasModel, data: Pick<RowSource, 'inputShapes' | 'targetShape'>): void {
  if (data.inputShapes.length !== model.inputs.length) {
    throw mismatch('inputs', `${model.inputs.length}`, `${data.inputShapes.length}`)
  }
  model.inputs.forEach((input, index) => {
    const shape = data.inputShapes[index] ?? []
    if (!sameShape(shape, input.shape)) throw mismatch(`input ${input.name}`, spell(input.shape), spell(shape))
  })
  if (sizeOf(data.targetShape) !== targetSize(model)) {
    const expected = model.compile.loss.labels === 'sparse' ? model.output.shape.slice(0, -1) : model.output.shape
    throw mismatch('target', spell(expected), spell(data.targetShape))
  }
}

/** The inputs of `rows` rows, as float32. Models whose inputs are integers get their fractions cut off, as in Keras. */
export function inputTensors(model: KerasModel, inputs: RowBatch['inputs'], rows: number): readonly Tensor[] {
  return model.inputs.map((input, index) => {
    const given = inputs[index] ?? new Float32Array(0)
    if (given.length !== rows * sizeOf(input.shape)) {
      throw mismatch(`input ${input.name}`, `${rows * sizeOf(input.shape)} numbers`, `${given.length}`)
    }
    const values = given instanceof Float32Array ? given : Float32Array.from(given)
    const whole = input.dtype.startsWith('float') ? values : values.map(Math.trunc)
    return tf.tensor(whole, [rows, ...input.shape], 'float32')
  })
}

/** The targets of `rows` rows, in the shape of the output (class numbers: without its last axis). */
export function targetTensor(model: KerasModel, target: Float32Array, rows: number): Tensor {
  if (target.length !== rows * targetSize(model)) {
    throw mismatch('target', `${rows * targetSize(model)} numbers`, `${target.length}`)
  }
  if (model.compile.loss.labels !== 'sparse') return tf.tensor(target, [rows, ...model.output.shape])
  const classes = model.output.shape.at(-1) ?? 1
  for (const label of target) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw mismatch('label', `an integer from 0 to ${classes - 1}`, `${label}`)
    }
  }
  return tf.tensor(target, [rows, ...model.output.shape.slice(0, -1)])
}

function targetSize(model: KerasModel): number {
  const { shape } = model.output
  return sizeOf(model.compile.loss.labels === 'sparse' ? shape.slice(0, -1) : shape)
}

function spell(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

function mismatch(what: string, expected: string, got: string): TrainingError<'SHAPE_MISMATCH'> {
  return new TrainingError('SHAPE_MISMATCH', `${what}: the model expects ${expected}, the data set has ${got}`, {
    what,
    expected,
    got,
  })
}
