/** `preprocessing.json`: all that was fitted or mapped, enough to prepare new rows for the trained model. @module */

import * as z from 'zod'

import { examplesPreprocessingSchema, type ExamplesPreprocessing } from './examples-preprocessing.ts'
import { imagePreprocessingSchema, type ImagePreprocessing } from './image-preprocessing.ts'
import { parseOutputDocument, serializeOutputDocument, typedSchema, type OutputDocument } from './output-document.ts'
import {
  classesSchema,
  labelKindSchema,
  preparedRowsMembers,
  type PreparedRowsDocument,
} from './preprocessing-parts.ts'

/**
 * How one column becomes inputs. A number becomes one, an empty cell the `fill` (where missing values were allowed).
 * A category becomes one input for each of `categories`: 1 for its own, 0 for the others.
 */
export type PreparedColumn =
  | { readonly name: string; readonly type: 'float' | 'int'; readonly fill?: number }
  | { readonly name: string; readonly type: 'category'; readonly categories: readonly string[] }

/** One step over all inputs. Lists hold one number per input. All arithmetic is float64; the result is a float32. */
export type PreparationStep =
  /** `(x − mean) / (std + epsilon)`; `std` is the population's. */
  | {
      readonly step: 'standardize'
      readonly mean: readonly number[]
      readonly std: readonly number[]
      readonly epsilon: number
    }
  /** `(x − min) / (max − min)` */
  | { readonly step: 'minmax'; readonly min: readonly number[]; readonly max: readonly number[] }
  /** `x × factor` */
  | { readonly step: 'scale'; readonly factor: number }
  /** Below `min`: `min`; above `max`: `max`. */
  | { readonly step: 'clip'; readonly min: number; readonly max: number }

/** What a loss takes as its target: numbers, 0 or 1, a class number, or a one-hot row. */
export type LabelKind = 'regression' | 'binary' | 'sparse' | 'categorical'

/** How the label became a target. `classes` holds the value of class 0, 1, 2 …; absent for a regression. */
export interface PreparedLabel {
  readonly column: string
  readonly kind: LabelKind
  readonly classes?: readonly (string | number)[]
}

/** How a row of the data set became a row of the model's inputs. */
export type Preprocessing = TablePreprocessing | ExamplesPreprocessing | ImagePreprocessing

/** One input of a model that has several: as many of a row's numbers as its shape holds. */
export interface PreparedInputShape {
  readonly name: string
  readonly shape: readonly number[]
}

/** Of a table: `columns` side by side, then `steps` in order. */
export interface TablePreprocessing extends PreparedRowsDocument<PreparedLabel> {
  readonly type: 'csv' | 'parquet'
  readonly columns: readonly PreparedColumn[]
}

const name = z.string().min(1).max(1024)
const text = z.string().max(65_536)

const columnSchema = z.discriminatedUnion('type', [
  z.strictObject({ name, type: z.enum(['float', 'int']), fill: z.number().exactOptional() }),
  z.strictObject({ name, type: z.literal('category'), categories: z.array(text).max(1_000_000) }),
])

const labelSchema = z.strictObject({
  column: name,
  kind: labelKindSchema,
  classes: classesSchema.exactOptional(),
})

const tablePreprocessingSchema: z.ZodType<TablePreprocessing, unknown> = z.strictObject({
  type: z.enum(['csv', 'parquet']),
  columns: z.array(columnSchema).max(100_000),
  ...preparedRowsMembers(labelSchema, labelSchema.extend({ output: name })),
})

const PREPROCESSING_SCHEMAS: Readonly<Record<Preprocessing['type'], z.ZodType<Preprocessing, unknown>>> = {
  csv: tablePreprocessingSchema,
  parquet: tablePreprocessingSchema,
  tfrecord: examplesPreprocessingSchema,
  image: imagePreprocessingSchema,
}

const PREPROCESSING: OutputDocument<Preprocessing> = {
  name: 'preprocessing.json',
  maxBytes: 64 * 1024 * 1024,
  schema: typedSchema(PREPROCESSING_SCHEMAS),
}

/**
 * The preprocessing that `bytes` (at most 64 MiB) spell.
 *
 * @throws ParseError `JSON_INVALID`, `LIMIT_EXCEEDED`, `DOCUMENT_INVALID`
 */
export function parsePreprocessing(bytes: Uint8Array): Preprocessing {
  return parseOutputDocument(PREPROCESSING, bytes)
}

/** The preprocessing's bytes: members sorted, two-space indented JSON, a line feed at the end. */
export function serializePreprocessing(preprocessing: Preprocessing): Uint8Array {
  return serializeOutputDocument(preprocessing)
}
