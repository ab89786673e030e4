/** The dataset definition: what a data set's parts are and how they become numbers. @module */

import { ParseError, parseWith } from '@aibomgen/core'

import { DEFINITION_SCHEMAS, definitionTypeSchema } from './dataset-definition-schema.ts'
import { parseYaml, toPlainValue, type YamlValue } from './yaml.ts'

/** What a data set can be. */
export type DatasetType = 'csv' | 'image' | 'tfrecord' | 'parquet'

/** What a column holds. `text` is for labels alone. */
export type ColumnType = 'float' | 'int' | 'category' | 'text'

/** A column, by its name in the file. */
export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
}

/** What an empty cell of a number column becomes: a refusal, a statistic of the training rows, or a number. */
export type MissingPolicy = 'refuse' | 'mean' | 'median' | number

/** What is done to every input number, in this order. Statistics are those of the training rows alone. */
export interface PreprocessingDefinition {
  readonly normalize?: 'standardize' | 'minmax'
  /** A factor. */
  readonly scale?: number
  readonly clip?: readonly [min: number, max: number]
}

interface ShapedDefinition {
  /** Without the row axis. */
  readonly inputShape: readonly number[]
  /** Without the row axis. */
  readonly outputShape: readonly number[]
}

/** A table with a row per example. */
export interface TableDefinition extends ShapedDefinition {
  readonly type: 'csv' | 'parquet'
  /** In the definition's order, which is the order of the model's inputs. One of them is the label. */
  readonly columns: readonly ColumnDefinition[]
  /** The name of the label's column. */
  readonly label: string
  readonly missing: MissingPolicy
  readonly preprocessing: PreprocessingDefinition
}

/** A zip of images in class folders. */
export interface ImageDefinition extends ShapedDefinition {
  readonly type: 'image'
  readonly imageSize: readonly [height: number, width: number]
  readonly colorMode: 'rgb' | 'grayscale' | 'rgba'
  /** `mode`: one of Keras's own ways to prepare pixels. */
  readonly preprocessing: PreprocessingDefinition & { readonly mode?: 'caffe' | 'tf' | 'torch' }
}

/** A feature of a TFRecord example. */
export interface FeatureDefinition {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: string
}

/** TensorFlow examples. */
export interface TfrecordDefinition extends ShapedDefinition {
  readonly type: 'tfrecord'
  readonly features: readonly FeatureDefinition[]
  readonly label: { readonly name: string; readonly dtype: string }
  readonly flattenFeatures: boolean
  readonly preprocessing: PreprocessingDefinition
}

/** A dataset definition of any type. */
export type DatasetDefinition = TableDefinition | ImageDefinition | TfrecordDefinition

const DOCUMENT = 'dataset definition'

/**
 * The definition that `bytes` spell: one YAML 1.2 document, at most 256 KiB, unknown members refused.
 *
 * @throws ParseError `DEFINITION_INVALID`, naming every problem by its path; `LIMIT_EXCEEDED`, `ENCODING_INVALID`
 */
export function parseDatasetDefinition(bytes: Uint8Array): DatasetDefinition {
  const yaml = parseYaml(bytes, DOCUMENT)
  const typed = parseWith(definitionTypeSchema, toPlainValue(yaml), DOCUMENT, 'DEFINITION_INVALID')
  const definition = parseWith(DEFINITION_SCHEMAS[typed.type], typed, DOCUMENT, 'DEFINITION_INVALID')
  switch (definition.type) {
    case 'csv':
    case 'parquet':
      return { ...definition, columns: inOrder(definition.columns, namesOf(yaml, 'columns')) }
    case 'tfrecord':
      return { ...definition, features: inOrder(definition.features, namesOf(yaml, 'features')) }
    case 'image':
      return definition
  }
}

/** The error for a type that can be described but not yet trained on. */
export function unsupportedType(type: DatasetType): ParseError<'FORMAT_UNSUPPORTED'> {
  return new ParseError(
    'FORMAT_UNSUPPORTED',
    `dataset definition: expected type csv or image, got ${type}, which this version cannot train on yet`,
    { file: 'definition', expected: 'csv or image', got: type },
  )
}

/** The names of a mapping, in the order of the file. */
function namesOf(yaml: YamlValue, member: string): readonly string[] {
  const mapping = yaml instanceof Map ? (yaml as ReadonlyMap<string, YamlValue>).get(member) : undefined
  return mapping instanceof Map ? [...(mapping as ReadonlyMap<string, YamlValue>).keys()] : []
}

function inOrder<T extends { readonly name: string }>(items: readonly T[], names: readonly string[]): readonly T[] {
  const rank = new Map(names.map((name, index) => [name, index]))
  return items.toSorted((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0))
}
