/** A TFRecord data set, ready for a model. @module */

import type { FeatureDtype, TfrecordDefinition } from '../dataset-definition.ts'
import type { ColumnStatistics } from '../documents/dataset-manifest.ts'
import type { ExamplesManifest, ManifestFeature } from '../documents/examples-manifest.ts'
import type { ExamplesPreprocessing, PreparedLabelFeature } from '../documents/examples-preprocessing.ts'
import { countClasses } from './labels.ts'
import { labelsOf, type DatasetPlan } from './plan.ts'
import { prepareRows, type FittedOutput, type PreparedRowsAndFit, type PrepareRowsOptions } from './prepare-rows.ts'
import type { PreparedDataset } from './prepared-dataset.ts'
import { fieldOf, type RawField } from './raw-rows.ts'
import type { Examples } from './tfrecord.ts'

/**
 * Prepares all rows of a TFRecord data set, and describes what was there and what became of it.
 *
 * @throws TrainingError `SPLIT_EMPTY`, `DATASET_INVALID`, `SHAPE_MISMATCH` where model, definition and data do not agree
 */
export async function prepareExamples(
  examples: Examples,
  definition: TfrecordDefinition,
  plan: DatasetPlan,
  options: Omit<PrepareRowsOptions, 'missing' | 'preprocessing'>,
): Promise<PreparedDataset> {
  const { missing, preprocessing } = definition
  const result = await prepareRows(examples.raw, plan, { ...options, missing, preprocessing })
  return {
    source: result.prepared,
    split: result.split,
    preprocessing: describePreprocessing(definition, result),
    manifest: describeExamples(examples, definition, result),
  }
}

function describePreprocessing(
  definition: TfrecordDefinition,
  { fitted, inputs, outputs, split }: PreparedRowsAndFit,
): ExamplesPreprocessing {
  const described = new Map(definition.features.map((feature) => [feature.name, feature]))
  const labels = outputs.map(({ plan, ...output }) => ({ output: plan.port.name, ...describeLabel(output) }))
  const [only] = outputs
  return {
    type: 'tfrecord',
    features: inputs.flatMap(({ fields }) =>
      fields.flatMap(({ name, offset, width }) => {
        const feature = described.get(name)
        if (feature === undefined) return []
        const fill = fitted.isFilled ? { fill: [...fitted.fill.subarray(offset, offset + width)] } : {}
        return [{ name, dtype: feature.dtype, shape: feature.shape, ...fill }]
      }),
    ),
    ...(inputs.length === 1 ? {} : { inputs: inputs.map(({ plan }) => ({ name: plan.port.name, shape: plan.shape })) }),
    steps: fitted.steps,
    ...(definition.outputs === undefined && only !== undefined ? { label: describeLabel(only) } : { labels }),
    fittedOnRows: split.train.length,
  }
}

function describeLabel({ field, label }: Omit<FittedOutput, 'plan'>): PreparedLabelFeature {
  return {
    feature: field.name,
    kind: label.kind,
    ...(label.classes === undefined ? {} : { classes: label.classes }),
  }
}

function describeExamples(
  { raw, root }: Examples,
  definition: TfrecordDefinition,
  { fitted, outputs, split }: PreparedRowsAndFit,
): ExamplesManifest {
  const [only, ...others] = outputs
  const describe = (
    feature: { readonly name: string; readonly dtype: FeatureDtype; readonly shape?: readonly number[] },
    role: ManifestFeature['role'],
  ): ManifestFeature => {
    const field = fieldOf(raw, feature.name)
    const statistics =
      field.kind === 'word' ? undefined : statisticsOf(field, raw.rows - field.missing, fitted.statistics)
    const hasValues = role === 'label' && others.length > 0 && (field.kind === 'word' || field.counts !== undefined)
    return {
      ...feature,
      role,
      missing: field.kind === 'word' ? 0 : field.missing,
      ...(statistics === undefined ? {} : { statistics }),
      ...(hasValues ? { values: countClasses(field) } : {}),
    }
  }
  return {
    type: 'tfrecord',
    rows: raw.rows,
    trainRows: split.train.length,
    validationRows: split.validation.length,
    features: [
      ...definition.features.map((feature) => describe(feature, 'feature')),
      ...labelsOf(definition).map(({ label }) => describe(label, 'label')),
    ],
    ...(only === undefined || others.length > 0 || only.label.classes === undefined
      ? {}
      : { classes: countClasses(only.field) }),
    ...root,
  }
}

/** Statistics over all numbers of a field, from those of each, which all stand in the same rows. */
function statisticsOf(
  { offset, width }: RawField,
  rows: number,
  statistics: readonly (ColumnStatistics | undefined)[],
): ColumnStatistics | undefined {
  const each = statistics.slice(offset, offset + width).filter((described) => described !== undefined)
  const [only] = each
  if (each.length <= 1) return only
  const mean = each.reduce((sum, described) => sum + described.mean, 0) / each.length
  const squares = each.reduce((sum, described) => sum + rows * (described.std ** 2 + (described.mean - mean) ** 2), 0)
  return {
    min: each.reduce((least, { min }) => Math.min(least, min), Infinity),
    max: each.reduce((most, { max }) => Math.max(most, max), -Infinity),
    mean,
    std: Math.sqrt(squares / (rows * each.length)),
  }
}
