/** Rows of a data set as tensors of a model's shapes, checked first. @module */

import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { TrainingError } from '@aibomgen/core'

import type { RowBatch, RowSource } from '../row-source.ts'
import { labelKindOf } from './compile-config.ts'
import type { Shape } from './layer.ts'
import type { KerasModel, ModelOutput } from './model.ts'
import { sameShape, sizeOf } from './shapes.ts'

/**
 * Checks that a data set has the model's inputs, and the targets that its losses take.
 *
 * @throws TrainingError `SHAPE_MISMATCH`
 */
export function assertDataFits(model: KerasModel, data: Pick<RowSource, 'inputShapes' | 'targetShapes'>): void {
  if (data.inputShapes.length !== model.inputs.length) {
    throw mismatch('inputs', `${model.inputs.length}`, `${data.inputShapes.length}`)
  }
  model.inputs.forEach((input, index) => {
    const shape = data.inputShapes[index] ?? []
    if (!sameShape(shape, input.shape)) throw mismatch(`input ${input.name}`, spell(input.shape), spell(shape))
  })
  if (data.targetShapes.length !== model.outputs.length) {
    throw mismatch('targets', `${model.outputs.length}`, `${data.targetShapes.length}`)
  }
  model.outputs.forEach((output, index) => {
    const [expected, got] = [targetShape(model, index), data.targetShapes[index] ?? []]
    if (sizeOf(got) !== sizeOf(expected)) throw mismatch(targetName(model, output), spell(expected), spell(got))
  })
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

/** The targets of `rows` rows, each in the shape of its output (class numbers: without its last axis). */
export function targetTensors(model: KerasModel, targets: readonly Float32Array[], rows: number): readonly Tensor[] {
  return model.outputs.map((output, index) => {
    const target = targets[index] ?? new Float32Array(0)
    const shape = targetShape(model, index)
    if (target.length !== rows * sizeOf(shape)) {
      throw mismatch(targetName(model, output), `${rows * sizeOf(shape)} numbers`, `${target.length}`)
    }
    if (labelKindOf(model.compile, index) === 'sparse') assertClasses(target, output.shape.at(-1) ?? 1)
    return tf.tensor(target, [rows, ...shape])
  })
}

function assertClasses(target: Float32Array, classes: number): void {
  for (const label of target) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw mismatch('label', `an integer from 0 to ${classes - 1}`, `${label}`)
    }
  }
}

/** What the loss of an output compares it with. */
function targetShape(model: KerasModel, index: number): Shape {
  const shape = model.outputs[index]?.shape ?? []
  return labelKindOf(model.compile, index) === 'sparse' ? shape.slice(0, -1) : shape
}

function targetName(model: KerasModel, { name }: ModelOutput): string {
  return model.outputs.length === 1 ? 'target' : `target ${name}`
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
