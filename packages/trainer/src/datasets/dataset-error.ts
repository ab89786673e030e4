/** Errors about a data set: what is wrong, and where. @module */

import { TrainingError } from '@aibomgen/core'

/** A place in a data set. Rows count from 1, the header not counted; lines count from 1; `file` is one inside an archive. */
export interface DatasetPlace {
  readonly file?: string
  readonly row?: number
  readonly line?: number
  readonly column?: string
  /** Of a TFRecord file, from 1; its detail is `row`. */
  readonly record?: number
  /** Of a record: of its first byte in the file, decompressed. */
  readonly offset?: number
  /** Of an example; its detail is `column`. */
  readonly feature?: string
}

/** A `DATASET_INVALID` that names its place, with the reason in plain words. */
export function datasetError(
  reason: string,
  { file, row, line, column, record, offset, feature }: DatasetPlace = {},
  options?: ErrorOptions,
): TrainingError<'DATASET_INVALID'> {
  const places = [
    ...(file === undefined ? [] : [`file ${JSON.stringify(file)}`]),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(record === undefined ? [] : [`record ${record}`]),
    ...(offset === undefined ? [] : [`offset ${offset}`]),
    ...(column === undefined ? [] : [`column ${JSON.stringify(column)}`]),
    ...(feature === undefined ? [] : [`feature ${JSON.stringify(feature)}`]),
  ]
  const detail = {
    reason,
    ...((row ?? record) === undefined ? {} : { row: row ?? record }),
    ...((column ?? feature) === undefined ? {} : { column: column ?? feature }),
    ...(file === undefined ? {} : { file }),
  }
  return new TrainingError('DATASET_INVALID', `data set: ${[...places, reason].join(', ')}`, detail, options)
}
