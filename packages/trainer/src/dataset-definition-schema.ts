/** The schemas of a dataset definition's YAML, one per type, each giving our own shape. @module */

import * as z from 'zod'

import { tfrecordSchema } from './dataset-definition-examples.ts'
import { imagePreprocessingSchema, shapeSchema, sizeSchema } from './dataset-definition-parts.ts'
import { tableSchema } from './dataset-definition-table.ts'
import type { DatasetDefinition, DatasetType, ImageDefinition } from './dataset-definition.ts'

const DATASET_TYPES = ['csv', 'image', 'tfrecord', 'parquet'] as const satisfies readonly DatasetType[]

const imageSchema = z
  .strictObject({
    input_shape: shapeSchema,
    output_shape: shapeSchema,
    type: z.literal('image'),
    image_size: z.tuple([sizeSchema, sizeSchema]),
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
