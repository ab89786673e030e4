/** The schema of a TFRecord data set's definition. @module */

import * as z from 'zod'

import {
  isMapping,
  labelsOf,
  missingSchema,
  nameSchema,
  oneOrSeveralSchema,
  pathOf,
  preprocessingSchema,
  shapeSchema,
  shapesFit,
  shapesSchema,
  type DefinitionProblem,
  type OneOrSeveral,
} from './dataset-definition-parts.ts'
import type { LabelFeatureDefinition, TfrecordDefinition } from './dataset-definition.ts'

const dtypeSchema = z.enum(['float32', 'int64', 'bytes', 'string'])
/** As many float32 as a record has room for. */
const MAX_NUMBERS = 16 * 1024 ** 2
const featureShapeSchema = shapeSchema.refine((shape) => shape.reduce((size, axis) => size * axis, 1) <= MAX_NUMBERS, {
  error: `at most ${MAX_NUMBERS} numbers`,
})
const featureSchema = z.strictObject({ shape: featureShapeSchema, dtype: dtypeSchema })
const labelSchema = z.strictObject({ name: nameSchema, dtype: dtypeSchema, shape: featureShapeSchema.exactOptional() })

/** Examples: features by name, one label, or one for each output of the model. */
export const tfrecordSchema: z.ZodType<TfrecordDefinition, unknown> = z
  .strictObject({
    type: z.literal('tfrecord'),
    features: z.record(nameSchema, featureSchema),
    label: oneOrSeveralSchema<LabelFeatureDefinition>(labelSchema, isSeveralLabels),
    input_shape: shapesSchema,
    output_shape: shapesSchema,
    flatten_features: z.boolean().default(true),
    missing: missingSchema.default('refuse'),
    preprocessing: preprocessingSchema.default({}),
  })
  .check(({ value, issues }) => {
    for (const [path, input, message] of problemsOf(value)) {
      issues.push({ code: 'custom', path: [...path], input, message })
    }
  })
  .transform(({ features, label, input_shape, output_shape, flatten_features, ...rest }): TfrecordDefinition => ({
    ...rest,
    features: Object.entries(features).map(([name, described]) => ({ name, ...described })),
    flattenFeatures: flatten_features,
    ...inputsOf(input_shape),
    ...labelsOf(label, output_shape),
  }))

type Shapes = OneOrSeveral<readonly number[]>

interface TfrecordMembers {
  readonly features: Readonly<Record<string, z.infer<typeof featureSchema>>>
  readonly label: OneOrSeveral<LabelFeatureDefinition>
  readonly input_shape: Shapes
  readonly output_shape: Shapes
  readonly flatten_features: boolean
}

/** A label has a name and a dtype; what has neither as a text is a mapping of labels. */
function isSeveralLabels(value: unknown): boolean {
  if (Array.isArray(value)) return true
  return isMapping(value) && typeof value['name'] !== 'string' && typeof value['dtype'] !== 'string'
}

function* problemsOf(members: TfrecordMembers): Generator<DefinitionProblem> {
  const { features, label, input_shape, output_shape, flatten_features } = members
  if (Object.keys(features).length === 0) yield [['features'], features, 'at least one feature']
  const labels = label.several ?? [{ value: label.one }]
  for (const [index, item] of labels.entries()) {
    const path = label.several === undefined ? ['label'] : pathOf('label', index, item)
    const { name, dtype, shape } = item.value
    if (Object.hasOwn(features, name)) yield [[...path, 'name'], name, 'a feature that is not among features']
    if (shape !== undefined && (dtype === 'string' || dtype === 'bytes')) {
      yield [[...path, 'shape'], shape, 'no shape, as a text is one class']
    }
  }
  if (new Set(labels.map(({ value }) => value.name)).size < labels.length) {
    yield [['label'], label.several, 'a feature of its own for each output']
  }
  if (!shapesFit(label.several, output_shape)) {
    const expected = 'one shape where there is one label, or one for each, by the same names or in the same order'
    yield [['output_shape'], output_shape, expected]
  }
  const count = Object.keys(features).length
  if (input_shape.several !== undefined && flatten_features) {
    yield [['input_shape'], input_shape, 'one shape, as flatten_features puts all features into one input']
  } else if (!flatten_features && (input_shape.several?.length ?? 1) !== count) {
    yield [['input_shape'], input_shape, `${count} shapes, one for each feature, as flatten_features is false`]
  }
}

function inputsOf(shapes: Shapes): Pick<TfrecordDefinition, 'inputShape' | 'inputShapes'> {
  if (shapes.several === undefined) return { inputShape: shapes.one }
  return { inputShapes: shapes.several.map(({ value, ...name }) => ({ ...name, shape: value })) }
}
