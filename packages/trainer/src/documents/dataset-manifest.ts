/** `dataset-manifest.json`: what was in the data set. @module */

import type { DatasetRoot } from '@aibomgen/core'
import * as z from 'zod'

import { examplesManifestSchema, type ExamplesManifest } from './examples-manifest.ts'
import { imageManifestSchema, type ImageManifest } from './image-manifest.ts'
import {
  countSchema,
  datasetRootSchema,
  statisticsSchema,
  unavailableSchema,
  valueCountsSchema,
} from './manifest-parts.ts'
import { parseOutputDocument, serializeOutputDocument, typedSchema, type OutputDocument } from './output-document.ts'

/** Over the cells of a column that hold a number, in all rows, before any preprocessing. `std` is the population's. */
export interface ColumnStatistics {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly std: number
}

/** A value of a column or a class, and in how many rows it stands. */
export interface ValueCount {
  readonly value: string | number
  readonly rows: number
}

/** A column that the definition names, in the definition's order. */
export interface ManifestColumn {
  readonly name: string
  readonly type: 'float' | 'int' | 'category' | 'text'
  readonly role: 'feature' | 'label'
  /** Empty cells. */
  readonly missing: number
  /** Of a column of numbers that holds at least one. */
  readonly statistics?: ColumnStatistics
  /** Of words: every value, sorted by code unit. Of a model with several outputs also of each label with classes. */
  readonly values?: readonly ValueCount[]
}

/** What was in a data set, and how it was divided. */
export type DatasetManifest = TableManifest | ExamplesManifest | ImageManifest

/** What was in a table, and how it was divided. Row counts, never rows. */
export interface TableManifest {
  readonly type: 'csv' | 'parquet'
  readonly rows: number
  readonly trainRows: number
  readonly validationRows: number
  readonly columns: readonly ManifestColumn[]
  /** Columns of the file that the definition does not name, in the file's order. */
  readonly ignoredColumns: readonly string[]
  /** Of a classification by one output: class 0, 1, 2 … with its value; counted over all rows. */
  readonly classes?: readonly ValueCount[]
  /** Of all rows, in the file's order: `rows` of a CSV file, `values` of a Parquet file. */
  readonly merkle?: DatasetRoot & { readonly kind: 'rows' | 'values' }
  /** Why there is no root. */
  readonly merkleUnavailable?: string
}

const name = z.string().min(1).max(1024)

const tableManifestSchema: z.ZodType<TableManifest, unknown> = z.strictObject({
  type: z.enum(['csv', 'parquet']),
  rows: countSchema,
  trainRows: countSchema,
  validationRows: countSchema,
  columns: z
    .array(
      z.strictObject({
        name,
        type: z.enum(['float', 'int', 'category', 'text']),
        role: z.enum(['feature', 'label']),
        missing: countSchema,
        statistics: statisticsSchema.exactOptional(),
        values: valueCountsSchema.exactOptional(),
      }),
    )
    .max(100_000),
  ignoredColumns: z.array(z.string().max(65_536)).max(100_000),
  classes: valueCountsSchema.exactOptional(),
  merkle: datasetRootSchema('rows', 'values').exactOptional(),
  merkleUnavailable: unavailableSchema.exactOptional(),
})

const MANIFEST_SCHEMAS: Readonly<Record<DatasetManifest['type'], z.ZodType<DatasetManifest, unknown>>> = {
  csv: tableManifestSchema,
  parquet: tableManifestSchema,
  tfrecord: examplesManifestSchema,
  image: imageManifestSchema,
}

const DATASET_MANIFEST: OutputDocument<DatasetManifest> = {
  name: 'dataset-manifest.json',
  maxBytes: 64 * 1024 * 1024,
  schema: typedSchema(MANIFEST_SCHEMAS),
}

/**
 * The manifest that `bytes` (at most 64 MiB) spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parseDatasetManifest(bytes: Uint8Array): DatasetManifest {
  return parseOutputDocument(DATASET_MANIFEST, bytes)
}

/** The manifest's bytes: members sorted, two-space indented JSON, a line feed at the end. */
export function serializeDatasetManifest(manifest: DatasetManifest): Uint8Array {
  return serializeOutputDocument(manifest)
}
