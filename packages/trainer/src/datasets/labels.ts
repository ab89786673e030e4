/** Labels: from a column's values to what a loss takes. @module */

import type { ValueCount } from '../documents/dataset-manifest.ts'
import type { LabelKind, PreparedLabel } from '../documents/preprocessing.ts'
import { datasetError } from './dataset-error.ts'
import type { Column } from './table.ts'

/** Targets of all rows, row-major, and the shape of one. */
export interface Targets {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

/**
 * How `column` becomes the target of a loss of this kind. Classes are the column's values over all rows, sorted: numbers
 * by size, text by code unit.
 *
 * @throws TrainingError `DATASET_INVALID` for a column that cannot be such a label
 */
export function fitLabel(column: Column, kind: LabelKind): PreparedLabel {
  const place = { column: column.name }
  if (kind === 'regression') {
    if ('words' in column) throw datasetError('expected numbers, as the loss is a regression, got text', place)
    return { ...place, kind }
  }
  if (column.type === 'float') {
    throw datasetError('expected classes (int or text), as the loss is a classification, got float', place)
  }
  const classes = classesOf(column)
  if (kind === 'binary' && classes.length !== 2) {
    throw datasetError(`expected 2 classes, as the loss is binary, got ${classes.length}`, place)
  }
  return { ...place, kind, classes }
}

/** How many outputs of a model such a label is for: one for each class, or one number. */
export function countOutputs({ kind, classes = [] }: PreparedLabel): number {
  return kind === 'sparse' || kind === 'categorical' ? classes.length : 1
}

/** The targets of all rows: numbers as they are, class numbers, or one-hot rows. */
export function encodeLabels(column: Column, { kind, classes = [] }: PreparedLabel): Targets {
  if (kind === 'regression') return { values: Float32Array.from(numbersOf(column)), shape: [1] }
  const indices = classIndices(column, classes)
  if (kind !== 'categorical') return { values: Float32Array.from(indices), shape: [1] }
  const values = new Float32Array(indices.length * classes.length)
  for (const [row, index] of indices.entries()) values[row * classes.length + index] = 1
  return { values, shape: [classes.length] }
}

/** Each class with its number of rows, in class order. */
export function countClasses(column: Column, classes: readonly (string | number)[]): ValueCount[] {
  const counts = new Uint32Array(classes.length)
  for (const index of classIndices(column, classes)) counts[index] = (counts[index] ?? 0) + 1
  return classes.map((value, index) => ({ value, rows: counts[index] ?? 0 }))
}

function classesOf(column: Column): readonly (string | number)[] {
  return 'words' in column ? column.words : [...new Set(column.values)].sort((a, b) => a - b)
}

function classIndices(column: Column, classes: readonly (string | number)[]): Uint32Array {
  if ('words' in column) return column.codes
  const indexOf = new Map(classes.map((value, index) => [value, index]))
  return Uint32Array.from(column.values, (value) => indexOf.get(value) ?? 0)
}

function numbersOf(column: Column): Float64Array {
  if ('words' in column) throw new TypeError(`column ${column.name}: expected numbers`)
  return column.values
}
