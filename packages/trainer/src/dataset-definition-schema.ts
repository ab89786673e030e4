/** The schemas of a dataset definition's YAML, one per type, each giving our own shape. @module */

import * as z from 'zod'

import type {
  ColumnType,
  DatasetDefinition,
  DatasetType,
  ImageDefinition,
  PreprocessingDefinition,
  TableDefinition,
  TfrecordDefinition,
} from './dataset-definition.ts'

const DATASET_TYPES = ['csv', 'image', 'tfrecord', 'parquet'] as const satisfies readonly DatasetType[]
const COLUMN_TYPES = ['float', 'int', 'category', 'text'] as const satisfies readonly ColumnType[]

const name = z
  .string()
  .min(1, { error: 'a name' })
  .max(1024, { error: 'a name of at most 1024 characters' })
  .refine((text) => text.isWellFormed(), { error: 'well-formed Unicode' })

const size = z.custom<number>((value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31, {
  error: 'an integer ≥ 1',
})
const shape = z.array(size).min(1, { error: 'at least one size' }).max(8, { error: 'at most 8 sizes' })

const preprocessingMembers = {
  normalize: z.union([z.boolean(), z.enum(['standardize', 'minmax'])]).exactOptional(),
  scale: z.number().exactOptional(),
  clip: z
    .tuple([z.number(), z.number()])
    .refine(([min, max]) => min < max, { error: 'two numbers, the smaller one first' })
    .exactOptional(),
}

const preprocessingSchema = z.strictObject(preprocessingMembers).transform(toPreprocessing)
const imagePreprocessingSchema = z
  .strictObject({ ...preprocessingMembers, mode: z.enum(['caffe', 'tf', 'torch']).exactOptional() })
  .transform(({ mode, ...members }) => ({ ...toPreprocessing(members), ...(mode === undefined ? {} : { mode }) }))

const shapes = { input_shape: shape, output_shape: shape }

const tableSchema = z
  .strictObject({
    ...shapes,
    type: z.enum(['csv', 'parquet']),
    columns: z.record(name, z.enum(COLUMN_TYPES)),
    label: name,
    missing: z.union([z.enum(['refuse', 'mean', 'median']), z.number()]).default('refuse'),
    preprocessing: preprocessingSchema.default({}),
  })
  .check(({ value: { columns, label }, issues }) => {
    const refuse = (path: string[], input: unknown, message: string): void => {
      issues.push({ code: 'custom', path, input, message })
    }
    if (!Object.hasOwn(columns, label)) refuse(['label'], label, 'the name of one of the columns')
    const features = Object.entries(columns).filter(([column]) => column !== label)
    if (features.length === 0) refuse(['columns'], columns, 'at least one column beside the label')
    for (const [column, type] of features) {
      if (type === 'text') refuse(['columns', column], type, 'float, int or category, as text is for the label alone')
    }
  })
  .transform(({ input_shape, output_shape, columns, ...rest }): TableDefinition => ({
    ...rest,
    inputShape: input_shape,
    outputShape: output_shape,
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
  }))

const imageSchema = z
  .strictObject({
    ...shapes,
    type: z.literal('image'),
    image_size: z.tuple([size, size]),
    color_mode: z.enum(['rgb', 'grayscale', 'rgba']).default('rgb'),
    preprocessing: imagePreprocessingSchema.default({}),
  })
  .check(({ value: { color_mode, preprocessing }, issues }) => {
    const { mode } = preprocessing
    if (mode !== 'caffe' && mode !== 'torch') return
    const message = 'tf or none, as caffe and torch are for color_mode rgb'
    if (color_mode !== 'rgb') issues.push({ code: 'custom', path: ['preprocessing', 'mode'], input: mode, message })
  })
  .transform(({ type, input_shape, output_shape, image_size, color_mode, preprocessing }): ImageDefinition => ({
    type,
    inputShape: input_shape,
    outputShape: output_shape,
    imageSize: image_size,
    colorMode: color_mode,
    preprocessing,
  }))

const dtype = z.enum(['float32', 'int64', 'string'])

const tfrecordSchema = z
  .strictObject({
    ...shapes,
    type: z.literal('tfrecord'),
    features: z.record(name, z.strictObject({ shape, dtype })),
    label: z.strictObject({ name, dtype }),
    flatten_features: z.boolean().default(false),
    preprocessing: preprocessingSchema.default({}),
  })
  .transform(({ input_shape, output_shape, features, flatten_features, ...rest }): TfrecordDefinition => ({
    ...rest,
    inputShape: input_shape,
    outputShape: output_shape,
    features: Object.entries(features).map(([feature, described]) => ({ name: feature, ...described })),
    flattenFeatures: flatten_features,
  }))

/** The schema that says which of {@link DEFINITION_SCHEMAS} a definition is for: `csv` unless it says otherwise. */
export const definitionTypeSchema: z.ZodType<{ readonly type: DatasetType }, unknown> = z.looseObject({
  type: z.enum(DATASET_TYPES).default('csv'),
})

/** The schema of each type's definition. */
export const DEFINITION_SCHEMAS: Readonly<Record<DatasetType, z.ZodType<DatasetDefinition, unknown>>> = {
  csv: tableSchema,
  parquet: tableSchema,
  image: imageSchema,
  tfrecord: tfrecordSchema,
}

function toPreprocessing({
  normalize,
  ...rest
}: {
  normalize?: boolean | 'standardize' | 'minmax'
  scale?: number
  clip?: [number, number]
}): PreprocessingDefinition {
  if (normalize === undefined || normalize === false) return rest
  return { normalize: normalize === true ? 'standardize' : normalize, ...rest }
}
