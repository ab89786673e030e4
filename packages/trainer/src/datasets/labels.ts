/** Labels: from a field's values to what a loss takes. @module */

import type { ValueCount } from '../documents/dataset-manifest.ts'
import type { LabelKind } from '../documents/preprocessing.ts'
import { datasetError } from './dataset-error.ts'
import type { RawField } from './raw-rows.ts'

/** How a label becomes the target of one output. */
export interface LabelFit {
  readonly kind: LabelKind
  /** The value of class 0, 1, 2 …; absent where numbers are taken as they are. */
  readonly classes?: readonly (string | number)[]
  /** How many numbers a target has. */
  readonly targetSize: number
  /** How many outputs such a label is for: one for each class, or one for each number. */
  readonly outputs: number
}

/**
 * How a field becomes the target of a loss of this kind. Classes are its values over all rows, sorted: numbers by size,
 * text by code unit. A field of several numbers is the target itself.
 *
 * @throws TrainingError `DATASET_INVALID` for a field that cannot be such a label
 */
export function fitLabel(field: RawField, kind: LabelKind): LabelFit {
  const place = { column: field.name }
  if (kind === 'regression' || field.width > 1) {
    if (field.kind === 'word') throw datasetError('expected numbers, as the loss is a regression, got text', place)
    if (kind === 'sparse') throw datasetError(`expected one class a row, got ${field.width} numbers`, place)
    return { kind, targetSize: field.width, outputs: field.width }
  }
  if (field.kind === 'number' && field.type === 'float') {
    throw datasetError('expected classes (int or text), as the loss is a classification, got float', place)
  }
  const classes = countClasses(field).map(({ value }) => value)
  if (kind === 'binary' && classes.length !== 2) {
    throw datasetError(`expected 2 classes, as the loss is binary, got ${classes.length}`, place)
  }
  return {
    kind,
    classes,
    targetSize: kind === 'categorical' ? classes.length : 1,
    outputs: kind === 'binary' ? 1 : classes.length,
  }
}

/** Each class of a field with its number of rows, in class order. */
export function countClasses(field: RawField): ValueCount[] {
  if (field.kind === 'word') return field.words.map((value, index) => ({ value, rows: field.counts[index] ?? 0 }))
  return (field.counts ?? []).map(([value, rows]) => ({ value, rows }))
}

/** From a value in a raw row to its class number; for numbers that are no classes, the number itself. */
export function createLabelEncoder(field: RawField, { classes }: LabelFit): (value: number) => number {
  if (field.kind === 'word') return (code) => field.rankOf[code] ?? 0
  if (classes === undefined) return (value) => value
  const indexOf = new Map(classes.map((value, index) => [value, index]))
  return (value) => indexOf.get(value) ?? 0
}
