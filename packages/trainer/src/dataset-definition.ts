/** The dataset definition: what a data set's parts are and how they become numbers. @module */

import { parseWith } from '@aibomgen/core'

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

/**
 * What an empty cell of a number column becomes, or each number of a feature that an example lacks: a refusal, a statistic
 * of the training rows, or a number.
 */
export type MissingPolicy = 'refuse' | 'mean' | 'median' | number

/** What is done to every input number, in this order. Statistics are those of the training rows alone. */
export interface PreprocessingDefinition {
  readonly normalize?: 'standardize' | 'minmax'
  /** A factor. */
  readonly scale?: number
  readonly clip?: readonly [min: number, max: number]
}

/** One output's label, with the shape of the output, without the row axis. */
export interface OutputDefinition<Label> {
  /** The model's name of the output; without names, the outputs are in the model's order. */
  readonly name?: string
  readonly label: Label
  readonly shape: readonly number[]
}

/** The label of a model with one output, or `outputs`: one for each of several. */
export interface LabelsDefinition<Label> {
  readonly label?: Label
  /** Of the one output, without the row axis. */
  readonly outputShape?: readonly number[]
  readonly outputs?: readonly OutputDefinition<Label>[]
}

/** Columns that are one input of a model, with its shape, without the row axis. */
export interface InputDefinition {
  /** The model's name of the input; without names, the inputs are in the model's order. */
  readonly name?: string
  readonly columns: readonly string[]
  readonly shape: readonly number[]
}

/** A table with a row per example. The label is the name of a column. */
export interface TableDefinition extends LabelsDefinition<string> {
  readonly type: 'csv' | 'parquet'
  /** In the definition's order, which is the order within a model's one input. The labels are among them. */
  readonly columns: readonly ColumnDefinition[]
  /** Of the one input, without the row axis; of a model with several, `inputs` stands in its place. */
  readonly inputShape?: readonly number[]
  readonly inputs?: readonly InputDefinition[]
  readonly missing: MissingPolicy
  readonly preprocessing: PreprocessingDefinition
}

/** A zip of images in class folders. */
export interface ImageDefinition {
  readonly type: 'image'
  /** Without the row axis. */
  readonly inputShape: readonly number[]
  /** Without the row axis. */
  readonly outputShape: readonly number[]
  readonly imageSize: readonly [height: number, width: number]
  readonly colorMode: 'rgb' | 'grayscale' | 'rgba'
  /** `mode`: one of Keras's own ways to prepare pixels. */
  readonly preprocessing: PreprocessingDefinition & { readonly mode?: 'caffe' | 'tf' | 'torch' }
}

/**
 * What a feature's values are. `bytes` and `string` are two names for one thing: as an input, one value of as many bytes
 * as the shape has numbers, each a number from 0 to 255; as a label, one text.
 */
export type FeatureDtype = 'float32' | 'int64' | 'bytes' | 'string'

/** A feature of a TFRecord example. */
export interface FeatureDefinition {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: FeatureDtype
}

/** A feature that is a label: one value, or as many numbers as `shape` says, taken as they are. */
export interface LabelFeatureDefinition {
  readonly name: string
  readonly dtype: FeatureDtype
  readonly shape?: readonly number[]
}

/** TensorFlow examples. */
export interface TfrecordDefinition extends LabelsDefinition<LabelFeatureDefinition> {
  readonly type: 'tfrecord'
  /** In the definition's order. */
  readonly features: readonly FeatureDefinition[]
  /** All features side by side are the one input; otherwise each feature is an input of its own. */
  readonly flattenFeatures: boolean
  /** Of the one input, without the row axis; of several, `inputShapes` stands in its place. */
  readonly inputShape?: readonly number[]
  readonly inputShapes?: readonly { readonly name?: string; readonly shape: readonly number[] }[]
  readonly missing: MissingPolicy
  readonly preprocessing: PreprocessingDefinition
}

/** A dataset definition of any type. */
export type DatasetDefinition = TableDefinition | ImageDefinition | TfrecordDefinition

const DOCUMENT = 'dataset definition'

/** The shapes of a model's inputs, as far as a definition says them: by name, or in order. */
export function inputShapesOf(
  definition: DatasetDefinition,
): readonly { readonly name?: string; readonly shape: readonly number[] }[] {
  if (definition.type === 'image') return [{ shape: definition.inputShape }]
  const one = [{ shape: definition.inputShape ?? [] }]
  if (definition.type !== 'tfrecord') return definition.inputs ?? one
  const shapes = definition.inputShapes ?? one
  if (definition.flattenFeatures) return shapes
  // A list of shapes is in the order of the features, which may have the names of the inputs.
  return [...shapes, ...definition.features.map(({ name }, place) => ({ name, shape: shapes[place]?.shape ?? [] }))]
}

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

/** The names of a mapping, in the order of the file. */
function namesOf(yaml: YamlValue, member: string): readonly string[] {
  const mapping = yaml instanceof Map ? (yaml as ReadonlyMap<string, YamlValue>).get(member) : undefined
  return mapping instanceof Map ? [...(mapping as ReadonlyMap<string, YamlValue>).keys()] : []
}

function inOrder<T extends { readonly name: string }>(items: readonly T[], names: readonly string[]): readonly T[] {
  const rank = new Map(names.map((name, index) => [name, index]))
  return items.toSorted((a, b) => (rank.get(a.name) ?? 0) - (rank.get(b.name) ?? 0))
}
