/** Which files are taken at all, by name and first bytes: known before anything is parsed. @module */

import { ParseError } from '@aibomgen/core'

import type { DatasetType } from './dataset-definition.ts'

/** How many first bytes of a file the checks want to see. */
export const FORMAT_HEAD_BYTES = 8

const WAY_OUT = 'save the model as .keras (Keras 3: model.save("model.keras"))'

/** Model formats that are refused, and why. */
const REFUSED_MODEL_NAMES: readonly (readonly [pattern: RegExp, format: string, reason: string])[] = [
  [/\.(h5|hdf5)$/i, 'HDF5', 'loading it can run code (Lambda layers)'],
  [/\.(pkl|pickle|joblib)$/i, 'pickle', 'loading it can run any code'],
  [/\.(pt|pth|bin|ckpt)$/i, 'PyTorch', 'it is pickled, and loading it can run any code'],
]

const ZIP = [0x50, 0x4b, 0x03, 0x04]
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

const DATASET_NAMES: Readonly<Record<DatasetType, RegExp>> = {
  csv: /\.csv$/i,
  image: /\.zip$/i,
  tfrecord: /\.tfrecords?$/i,
  parquet: /\.parquet$/i,
}

/**
 * Refuses a model file that is no Keras 3 archive, with the reason and the way out. That it is called `.keras` and
 * begins like a zip archive is all that is checked here.
 *
 * @param head - the file's first {@link FORMAT_HEAD_BYTES} bytes; fewer if it has no more
 * @throws ParseError `FORMAT_UNSUPPORTED`
 */
export function assertModelFormat(name: string, head: Uint8Array): void {
  for (const [pattern, format, reason] of REFUSED_MODEL_NAMES) {
    if (pattern.test(name)) throw unsupported(name, 'a .keras archive', format, `${reason}; ${WAY_OUT}`)
  }
  if (!/\.keras$/i.test(name)) throw unsupported(name, 'a .keras archive', 'another file name', WAY_OUT)
  if (beginsWith(head, ZIP)) return
  if (beginsWith(head, HDF5)) {
    throw unsupported(name, 'a .keras archive', 'HDF5', `loading it can run code (Lambda layers); ${WAY_OUT}`)
  }
  throw unsupported(name, 'a .keras archive', 'a file that does not begin like a zip archive', WAY_OUT)
}

/**
 * Refuses a data set whose file name does not fit the type that its definition names.
 *
 * @throws ParseError `FORMAT_UNSUPPORTED`
 */
export function assertDatasetFormat(name: string, type: DatasetType): void {
  if (DATASET_NAMES[type].test(name)) return
  const wanted = { csv: '.csv', image: '.zip', tfrecord: '.tfrecord', parquet: '.parquet' }[type]
  throw unsupported(name, `a ${wanted} file`, 'another file name', `the dataset definition says type ${type}`)
}

function unsupported(file: string, expected: string, got: string, reason: string): ParseError {
  const message = `${JSON.stringify(file)}: expected ${expected}, got ${got}: ${reason}`
  return new ParseError('FORMAT_UNSUPPORTED', message, { file, expected, got })
}

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
