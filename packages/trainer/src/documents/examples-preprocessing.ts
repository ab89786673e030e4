/** What `preprocessing.json` says of TFRecord examples: enough to prepare new ones for the trained model. @module */

import * as z from 'zod'

import {
  classesSchema,
  labelKindSchema,
  preparedRowsMembers,
  type PreparedRowsDocument,
} from './preprocessing-parts.ts'
import type { LabelKind } from './preprocessing.ts'

/** A feature that is an input or part of one. The one value of `bytes` or `string` is a number from 0 to 255 a byte. */
export interface PreparedFeature {
  readonly name: string
  readonly dtype: 'float32' | 'int64' | 'bytes' | 'string'
  readonly shape: readonly number[]
  /** What stands for each of its numbers, row-major, where an example lacks it and that was allowed. */
  readonly fill?: readonly number[]
}

/** How a feature became a target. `classes` holds the value of class 0, 1, 2 …; absent for numbers taken as they are. */
export interface PreparedLabelFeature {
  readonly feature: string
  readonly kind: LabelKind
  readonly classes?: readonly (string | number)[]
}

/** How an example became a row of the model's inputs: `features` side by side, each row-major, then `steps` in order. */
export interface ExamplesPreprocessing extends PreparedRowsDocument<PreparedLabelFeature> {
  readonly type: 'tfrecord'
  readonly features: readonly PreparedFeature[]
}

const name = z.string().min(1).max(1024)
const labelSchema = z.strictObject({
  feature: name,
  kind: labelKindSchema,
  classes: classesSchema.exactOptional(),
})

/** The shape of an examples preprocessing in JSON. */
export const examplesPreprocessingSchema: z.ZodType<ExamplesPreprocessing, unknown> = z.strictObject({
  type: z.literal('tfrecord'),
  features: z
    .array(
      z.strictObject({
        name,
        dtype: z.enum(['float32', 'int64', 'bytes', 'string']),
        shape: z.array(z.int().min(1)).max(16),
        fill: z.array(z.number()).max(16_777_216).exactOptional(),
      }),
    )
    .max(100_000),
  ...preparedRowsMembers(labelSchema, labelSchema.extend({ output: name })),
})
