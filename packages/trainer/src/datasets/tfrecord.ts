/** TFRecord files of `tf.train.Example`: the features of a definition as raw rows. @module */

import type { FeatureDtype, TfrecordDefinition } from '../dataset-definition.ts'
import { datasetError } from './dataset-error.ts'
import { parseExample, type FeatureValues, type ListKind, type WantedFeature } from './example.ts'
import type { FieldEncoder, FieldSpec } from './field-encoder.ts'
import { labelsOf, type DatasetPlan } from './plan.ts'
import { collectRows, type RawRows } from './raw-rows.ts'
import { assertNotCancelled, type RowStorage } from './row-store.ts'
import { createRowTree, type RowsRoot } from './row-tree.ts'
import { sizeOf } from './shapes.ts'
import { readTfrecords } from './tfrecord-records.ts'

/** What examples are read for, and where their rows go. */
export interface ReadExamplesOptions {
  readonly outputs: DatasetPlan['outputs']
  readonly storage: RowStorage
}

/** The examples of a file, in its order. */
export interface Examples extends Disposable {
  readonly raw: RawRows
  /** Of the records' exact bytes. */
  readonly root: RowsRoot<'records'>
}

const LIST_KINDS: Readonly<Record<FeatureDtype, ListKind>> = {
  float32: 'float',
  int64: 'int64',
  bytes: 'bytes',
  string: 'bytes',
}

/**
 * One row for each record of the file at `path`, in the file's order: the definition's features, then its labels. Every
 * one of them must be in every example, with the dtype and as many values as the definition says; a feature that is no
 * label may be missing where the definition says what becomes of it. Other features are
 * ignored.
 *
 * @throws TrainingError `DATASET_INVALID` with record and feature; ParseError `LIMIT_EXCEEDED`; ArtifactError
 *   `FILE_UNREADABLE`, `OUTPUT_UNWRITABLE`
 */
export async function readExamples(
  path: string,
  definition: TfrecordDefinition,
  { outputs, storage }: ReadExamplesOptions,
): Promise<Examples> {
  const fields = fieldsOf(definition, outputs)
  const wanted = new Map(fields.map(({ wanted: feature }) => [feature.name, feature]))
  const tree = createRowTree('records')
  const specs = fields.map(({ spec }) => spec)
  const raw = await collectRows(specs, storage, async ({ store, encoders }) => {
    const row = new Float64Array(store.width)
    for await (const { record, offset, bytes } of readTfrecords(path)) {
      assertNotCancelled(storage.signal)
      tree.add(bytes)
      const values = parseExample(bytes, wanted, (reason, feature) => {
        throw datasetError(reason, feature === undefined ? { record, offset } : { record, feature })
      })
      for (const encoder of encoders) {
        const expected = putValues(encoder, values.get(encoder.spec.name) ?? null, row)
        if (expected !== undefined) throw datasetError(expected, { record, feature: encoder.spec.name })
      }
      store.append(row)
    }
    if (store.rows === 0) throw datasetError('no record')
  })
  return { raw, root: tree.root(), [Symbol.dispose]: () => raw[Symbol.dispose]() }
}

interface ExampleField {
  readonly spec: FieldSpec
  readonly wanted: WantedFeature
}

function fieldsOf(definition: TfrecordDefinition, outputs: DatasetPlan['outputs']): readonly ExampleField[] {
  const mayBeMissing = definition.missing !== 'refuse'
  const features = definition.features.map(({ name, dtype, shape }): ExampleField => {
    const width = sizeOf(shape)
    const type = dtype === 'float32' ? 'float' : 'int'
    return {
      spec: { name, type, width, mayBeMissing, isCounted: false },
      wanted: { name, kind: LIST_KINDS[dtype], width, as: 'numbers', mayBeMissing },
    }
  })
  const labels = labelsOf(definition).map(({ label: { name, dtype, shape } }): ExampleField => {
    const width = sizeOf(shape ?? [1])
    const kind = LIST_KINDS[dtype]
    const type = kind === 'float' ? 'float' : kind === 'int64' ? 'int' : 'text'
    const isClass = outputs.some(({ field, port }) => field === name && port.labelKind !== 'regression')
    return {
      spec: { name, type, width, mayBeMissing: false, isCounted: isClass && type === 'int' && width === 1 },
      wanted: { name, kind, width, as: kind === 'bytes' ? 'text' : 'numbers', mayBeMissing: false },
    }
  })
  return [...features, ...labels]
}

/** Puts a feature's values in their place. Says what was expected and came instead where one is refused. */
function putValues(encoder: FieldEncoder, values: FeatureValues, row: Float64Array): string | undefined {
  if (typeof values === 'string') {
    const expected = encoder.put(values, row, encoder.offset)
    return expected === undefined ? undefined : `expected ${expected}`
  }
  const numbers = values ?? new Array<null>(encoder.spec.width).fill(null)
  for (const [index, value] of numbers.entries()) {
    const expected = encoder.put(value, row, encoder.offset + index)
    if (expected === undefined) continue
    const got = Number.isNaN(value) && encoder.spec.type === 'int' ? 'another' : String(value)
    return `expected ${expected}, got ${got}`
  }
  return undefined
}
