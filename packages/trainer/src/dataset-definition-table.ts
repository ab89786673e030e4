/** The schema of a CSV or Parquet data set's definition. @module */

import * as z from 'zod'

import {
  isMapping,
  labelsOf,
  missingSchema,
  nameSchema,
  oneOrSeveralSchema,
  pairUp,
  pathOf,
  preprocessingSchema,
  severalSchema,
  shapesFit,
  shapesSchema,
  type DefinitionProblem,
  type Named,
  type OneOrSeveral,
} from './dataset-definition-parts.ts'
import type { ColumnType, TableDefinition } from './dataset-definition.ts'

const COLUMN_TYPES = ['float', 'int', 'category', 'text'] as const satisfies readonly ColumnType[]

/** A table: columns, of which one is the label, or one for each output of the model. */
export const tableSchema: z.ZodType<TableDefinition, unknown> = z
  .strictObject({
    type: z.enum(['csv', 'parquet']),
    columns: z.record(nameSchema, z.enum(COLUMN_TYPES)),
    inputs: severalSchema(z.array(nameSchema).min(1, { error: 'at least one column' }).max(100_000)).optional(),
    label: oneOrSeveralSchema(nameSchema, (value) => Array.isArray(value) || isMapping(value)),
    input_shape: shapesSchema,
    output_shape: shapesSchema,
    missing: missingSchema.default('refuse'),
    preprocessing: preprocessingSchema.default({}),
  })
  .check(({ value, issues }) => {
    for (const [path, input, message] of problemsOf(value)) {
      issues.push({ code: 'custom', path: [...path], input, message })
    }
  })
  .transform(
    ({ input_shape, output_shape, columns, inputs, label, type, missing, preprocessing }): TableDefinition => ({
      type,
      columns: Object.entries(columns).map(([name, columnType]) => ({ name, type: columnType })),
      ...inputsOf(inputs, input_shape),
      ...labelsOf(label, output_shape),
      missing,
      preprocessing,
    }),
  )

type Shapes = OneOrSeveral<readonly number[]>

interface TableMembers {
  readonly columns: Readonly<Record<string, ColumnType>>
  readonly inputs?: readonly Named<readonly string[]>[] | undefined
  readonly label: OneOrSeveral<string>
  readonly input_shape: Shapes
  readonly output_shape: Shapes
}

function* problemsOf({
  columns,
  inputs,
  label,
  input_shape,
  output_shape,
}: TableMembers): Generator<DefinitionProblem> {
  const labels = label.several ?? [{ value: label.one }]
  for (const [index, item] of labels.entries()) {
    const path = label.several === undefined ? ['label'] : pathOf('label', index, item)
    if (!Object.hasOwn(columns, item.value)) yield [path, item.value, 'the name of one of the columns']
  }
  const names = new Set(labels.map(({ value }) => value))
  if (names.size < labels.length) yield [['label'], label.several, 'a column of its own for each output']
  const features = Object.entries(columns).filter(([column]) => !names.has(column))
  if (features.length === 0) yield [['columns'], columns, 'at least one column beside the label']
  for (const [column, type] of features) {
    if (type === 'text') yield [['columns', column], type, 'float, int or category, as text is for the label alone']
  }
  if (!shapesFit(label.several, output_shape)) yield [['output_shape'], output_shape, shapeForEach('label')]
  if (!shapesFit(inputs, input_shape)) yield [['input_shape'], input_shape, shapeForEach('inputs')]
  if (inputs !== undefined) yield* problemsOfInputs(inputs, Object.fromEntries(features))
}

function* problemsOfInputs(
  inputs: readonly Named<readonly string[]>[],
  features: Readonly<Record<string, ColumnType>>,
): Generator<DefinitionProblem> {
  const taken = new Set(inputs.flatMap(({ value }) => value))
  for (const [index, input] of inputs.entries()) {
    for (const [place, column] of input.value.entries()) {
      if (Object.hasOwn(features, column)) continue
      yield [[...pathOf('inputs', index, input), String(place)], column, 'the name of a column that is no label']
    }
  }
  for (const [column, type] of Object.entries(features)) {
    if (!taken.has(column)) yield [['columns', column], type, 'a column that one of the inputs takes']
  }
}

function shapeForEach(member: string): string {
  return `one shape where there is one, or one for each of ${member}, by the same names or in the same order`
}

function inputsOf(
  inputs: readonly Named<readonly string[]>[] | undefined,
  shapes: Shapes,
): Pick<TableDefinition, 'inputs' | 'inputShape'> {
  if (shapes.several === undefined) return { inputShape: shapes.one }
  const pairs = pairUp(inputs ?? [], shapes.several) ?? []
  return { inputs: pairs.map(({ value, other, ...name }) => ({ ...name, columns: value, shape: other })) }
}
