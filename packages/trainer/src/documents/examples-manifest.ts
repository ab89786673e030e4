/** What `dataset-manifest.json` says of a TFRecord data set. @module */

import type { DatasetRoot } from '@aibomgen/core'
import * as z from 'zod'

import type { ColumnStatistics, ValueCount } from './dataset-manifest.ts'
import {
  countSchema,
  datasetRootSchema,
  statisticsSchema,
  unavailableSchema,
  valueCountsSchema,
} from './manifest-parts.ts'

/** A feature that the definition names: the inputs in its order, then the labels. */
export interface ManifestFeature {
  readonly name: string
  readonly dtype: 'float32' | 'int64' | 'bytes' | 'string'
  readonly role: 'feature' | 'label'
  /** How many examples lack it; absent in manifests from before examples could. */
  readonly missing?: number
  /** Of its numbers in one example; absent for a label of one value. */
  readonly shape?: readonly number[]
  /** Over all its numbers in all rows, before any preprocessing. Not of texts. */
  readonly statistics?: ColumnStatistics
  /** Of a label with classes, where the model has several outputs: every value. */
  readonly values?: readonly ValueCount[]
}

/** What was in a TFRecord data set, and how it was divided. Counts, never examples. */
export interface ExamplesManifest {
  readonly type: 'tfrecord'
  /** Examples. */
  readonly rows: number
  readonly trainRows: number
  readonly validationRows: number
  readonly features: readonly ManifestFeature[]
  /** Of a classification by one output: class 0, 1, 2 … with its value; counted over all rows. */
  readonly classes?: readonly ValueCount[]
  /** Of all records, in the file's order. */
  readonly merkle?: DatasetRoot & { readonly kind: 'records' }
  /** Why there is no root. */
  readonly merkleUnavailable?: string
}

/** The shape of a TFRecord manifest in JSON. */
export const examplesManifestSchema: z.ZodType<ExamplesManifest, unknown> = z.strictObject({
  type: z.literal('tfrecord'),
  rows: countSchema,
  trainRows: countSchema,
  validationRows: countSchema,
  features: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(1024),
        dtype: z.enum(['float32', 'int64', 'bytes', 'string']),
        role: z.enum(['feature', 'label']),
        missing: countSchema.exactOptional(),
        shape: z.array(z.int().min(1)).max(16).exactOptional(),
        statistics: statisticsSchema.exactOptional(),
        values: valueCountsSchema.exactOptional(),
      }),
    )
    .max(100_000),
  classes: valueCountsSchema.exactOptional(),
  merkle: datasetRootSchema('records').exactOptional(),
  merkleUnavailable: unavailableSchema.exactOptional(),
})
