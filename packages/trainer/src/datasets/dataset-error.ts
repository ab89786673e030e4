/** Errors about a data set: what is wrong, and where. @module */

import { TrainingError } from '@aibomgen/core'

/** A place in a data set. Rows count from 1, the header not counted; lines count from 1; `file` is one inside an archive. */
export interface DatasetPlace {
  readonly file?: string
  readonly row?: number
  readonly line?: number
  readonly column?: string
}

/** A `DATASET_INVALID` that names its place, with the reason in plain words. */
export function datasetError(
  reason: string,
  { file, row, line, column }: DatasetPlace = {},
  options?: ErrorOptions,
): TrainingError<'DATASET_INVALID'> {
  const places = [
    ...(file === undefined ? [] : [`file ${JSON.stringify(file)}`]),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${JSON.stringify(column)}`]),
  ]
  const detail = {
    reason,
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
    ...(file === undefined ? {} : { file }),
  }
  return new TrainingError('DATASET_INVALID', `data set: ${[...places, reason].join(', ')}`, detail, options)
}
