/** Which files are taken at all, by their first bytes: known before anything is parsed. @module */

import { ParseError } from '@aibomgen/core'

import type { DatasetType } from './dataset-definition.ts'
import { TFRECORD_HEADER_BYTES, tfrecordCompressionOf } from './datasets/tfrecord-format.ts'

/** How many first bytes of a file the checks want to see. */
export const FORMAT_HEAD_BYTES: number = Math.max(8, TFRECORD_HEADER_BYTES)

const WAY_OUT = 'save the model as .keras (Keras 3: model.save("model.keras"))'

/** Model formats that are refused, and why. */
const REFUSED_MODEL_NAMES: readonly (readonly [pattern: RegExp, format: string, reason: string])[] = [
  [/\.(h5|hdf5)$/i, 'HDF5', 'loading it can run code (Lambda layers)'],
  [/\.(pkl|pickle|joblib)$/i, 'pickle', 'loading it can run any code'],
  [/\.(pt|pth|bin|ckpt)$/i, 'PyTorch', 'it is pickled, and loading it can run any code'],
]

const ZIP = [0x50, 0x4b, 0x03, 0x04]
/** An archive without entries. */
const EMPTY_ZIP = [0x50, 0x4b, 0x05, 0x06]
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

const PARQUET = [0x50, 0x41, 0x52, 0x31]

const EXPECTED: Readonly<Record<DatasetType, string>> = {
  csv: 'CSV in UTF-8',
  image: 'a zip archive',
  tfrecord: 'TFRecord, as it is or in GZIP or ZLIB',
  parquet: 'Parquet',
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
 * Refuses a data set that does not begin as the type begins that its definition names. Its name says nothing. What a CSV
 * may not be is what begins like one of the others, or holds a NUL byte.
 *
 * @param head - the file's first {@link FORMAT_HEAD_BYTES} bytes; fewer if it has no more
 * @throws ParseError `FORMAT_UNSUPPORTED`
 */
export function assertDatasetFormat(name: string, type: DatasetType, head: Uint8Array): void {
  const found = datasetTypeOf(head)
  if (found === type) return
  const got = found === undefined ? 'a file that begins like none that is known' : EXPECTED[found]
  throw unsupported(name, EXPECTED[type], got, `the dataset definition says type ${type}`)
}

function datasetTypeOf(head: Uint8Array): DatasetType | undefined {
  if (beginsWith(head, ZIP) || beginsWith(head, EMPTY_ZIP)) return 'image'
  if (beginsWith(head, PARQUET)) return 'parquet'
  const compression = tfrecordCompressionOf(head)
  // Text may begin like ZLIB (`x\x9c` cannot be UTF-8, `8O` can); it has no control characters but its line ends.
  const isText =
    !beginsWith(head, HDF5) && head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13)
  if (compression === 'none' || compression === 'gzip') return 'tfrecord'
  if (isText) return 'csv'
  return compression === undefined ? undefined : 'tfrecord'
}

function unsupported(file: string, expected: string, got: string, reason: string): ParseError {
  const message = `${JSON.stringify(file)}: expected ${expected}, got ${got}: ${reason}`
  return new ParseError('FORMAT_UNSUPPORTED', message, { file, expected, got })
}

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}
