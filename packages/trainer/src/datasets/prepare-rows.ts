/** From raw rows to rows as a model takes them: split, fitted, preprocessed, labels encoded. @module */

import type { MissingPolicy, PreprocessingDefinition } from '../dataset-definition.ts'
import { datasetError } from './dataset-error.ts'
import { createLabelEncoder, fitLabel, type LabelFit } from './labels.ts'
import type { DatasetPlan, InputPlan, OutputPlan } from './plan.ts'
import { PreparedRows, type PreparedInput, type PreparedTarget } from './prepared-rows.ts'
import { countInputs, createTransforms, fitInputs, type FittedInputs } from './preprocessing.ts'
import { fieldOf, type RawField, type RawRows } from './raw-rows.ts'
import type { RowStorage } from './row-store.ts'
import { assertShapesAgree } from './shapes.ts'
import { splitRows, type Split, type SplitOptions } from './split.ts'

/** What is done to rows, and where those go that outgrow memory. */
export interface PrepareRowsOptions extends SplitOptions {
  readonly missing: MissingPolicy
  readonly preprocessing: PreprocessingDefinition
  readonly storage: RowStorage
}

/** An output's label, with what was fitted for it. */
export interface FittedOutput {
  readonly plan: OutputPlan
  readonly field: RawField
  readonly label: LabelFit
}

/** An input's fields. */
export interface FittedInput {
  readonly plan: InputPlan
  readonly fields: readonly RawField[]
}

/** Rows ready for training, and all that a document may want to say about them. */
export interface PreparedRowsAndFit {
  readonly prepared: PreparedRows
  readonly split: Split
  readonly fitted: FittedInputs
  readonly inputs: readonly FittedInput[]
  readonly outputs: readonly FittedOutput[]
}

/**
 * Splits the rows, fits on those that train, and prepares all of them.
 *
 * @throws TrainingError `SPLIT_EMPTY`, `DATASET_INVALID`, `SHAPE_MISMATCH` where model, definition and data do not agree
 */
export async function prepareRows(
  raw: RawRows,
  plan: DatasetPlan,
  options: PrepareRowsOptions,
): Promise<PreparedRowsAndFit> {
  const split = splitRows(raw.rows, options)
  const inputs = plan.inputs.map((input) => ({
    plan: input,
    fields: input.fields.map((name) => fieldOf(raw, name)),
  }))
  const outputs = plan.outputs.map((output) => {
    const field = fieldOf(raw, output.field)
    return { plan: output, field, label: fitLabel(field, output.port.labelKind) }
  })
  assertPlanFits(inputs, outputs)
  const fields = inputs.flatMap((input) => input.fields)
  const fitted = await fitInputs(raw, fields, { ...options, trainRows: split.train })
  const prepared = await writeRows(raw, { inputs, outputs, fitted, storage: options.storage })
  return { prepared, split, fitted, inputs, outputs }
}

function assertPlanFits(inputs: readonly FittedInput[], outputs: readonly FittedOutput[]): void {
  for (const { plan, fields } of inputs) {
    assertShapesAgree(inputs.length === 1 ? 'input_shape' : `input_shape.${plan.port.name}`, {
      model: plan.port.shape,
      definition: plan.shape,
      data: fields.reduce((count, field) => count + countInputs(field), 0),
    })
  }
  for (const { plan, label } of outputs) {
    assertShapesAgree(outputs.length === 1 ? 'output_shape' : `output_shape.${plan.port.name}`, {
      model: plan.port.shape,
      definition: plan.shape,
      data: label.outputs,
    })
  }
}

interface WriteOptions {
  readonly inputs: readonly FittedInput[]
  readonly outputs: readonly FittedOutput[]
  readonly fitted: FittedInputs
  readonly storage: RowStorage
}

async function writeRows(raw: RawRows, { inputs, outputs, fitted, storage }: WriteOptions): Promise<PreparedRows> {
  const fields = inputs.flatMap((input) => input.fields)
  const transforms = createTransforms(
    fitted.steps,
    fields.reduce((count, field) => count + countInputs(field), 0),
  )
  let first = 0
  const preparedInputs = inputs.map(({ plan, fields: own }): PreparedInput => ({
    shape: plan.shape,
    parts: own.map((field) => {
      const applied = transforms.slice(first, (first += countInputs(field)))
      return field.kind === 'number' ? { width: field.width } : oneHot(field, applied)
    }),
  }))
  const targets = outputs.map(({ label, plan }): PreparedTarget => ({
    width: label.targetSize,
    isOneHot: label.kind === 'categorical' && label.classes !== undefined,
    shape: label.classes === undefined && label.targetSize > 1 ? plan.shape : [label.targetSize],
  }))

  const prepared = new PreparedRows(preparedInputs, targets, storage)
  try {
    const write = createRowWriter(fields, outputs, transforms, fitted)
    for await (const { firstRow, rows, values } of raw.store.blocks()) {
      const block = new Float32Array(rows * prepared.store.width)
      for (let row = 0; row < rows; row++) {
        write(values.subarray(row * raw.store.width, (row + 1) * raw.store.width), {
          block,
          position: row * prepared.store.width,
          row: firstRow + row,
        })
      }
      prepared.store.append(block)
    }
    return prepared
  } catch (error) {
    prepared[Symbol.dispose]()
    throw error
  }
}

/** What 1 and 0 become in each input of a category. */
function oneHot(field: RawField, transforms: readonly ((value: number) => number)[]): PreparedInput['parts'][number] {
  const become = (value: number): Float32Array =>
    Float32Array.from(transforms, (transform) => single(transform(value), { column: field.name }))
  return { hot: become(1), cold: become(0) }
}

interface RowPlace {
  readonly block: Float32Array
  readonly position: number
  /** From 0. */
  readonly row: number
}

/** Writes one raw row as a prepared one: numbers transformed, words and classes by number. */
function createRowWriter(
  fields: readonly RawField[],
  outputs: readonly FittedOutput[],
  transforms: readonly ((value: number) => number)[],
  { fill }: FittedInputs,
): (raw: Float64Array, place: RowPlace) => void {
  let first = 0
  const parts = fields.map((field) => {
    const start = first
    first += countInputs(field)
    return { field, transforms: transforms.slice(start, first) }
  })
  const labels = outputs.map(({ field, label }) => ({ field, encode: createLabelEncoder(field, label) }))

  return (raw, { block, position, row }) => {
    let at = position
    for (const { field, transforms: applied } of parts) {
      if (field.kind === 'word') {
        block[at++] = field.rankOf[raw[field.offset] ?? 0] ?? 0
        continue
      }
      for (let index = 0; index < field.width; index++) {
        let value = raw[field.offset + index] ?? Number.NaN
        if (Number.isNaN(value)) value = fill[field.offset + index] ?? Number.NaN
        const transform = applied[index]
        if (transform !== undefined) value = transform(value)
        const rounded = Math.fround(value)
        if (!Number.isFinite(rounded)) single(value, { row: row + 1, column: field.name })
        block[at++] = rounded
      }
    }
    for (const { field, encode } of labels) {
      for (let index = 0; index < field.width; index++) block[at++] = encode(raw[field.offset + index] ?? 0)
    }
  }
}

/** A number as float32, which has to hold it. */
function single(value: number, place: { readonly row?: number; readonly column: string }): number {
  const rounded = Math.fround(value)
  if (Number.isFinite(rounded)) return rounded
  throw datasetError(`expected a number within float32 after preprocessing, got ${value}`, place)
}
