/** The three files of a `.keras` archive. @module */

import { canonicalizeJson, parseJson, ParseError, type JsonObject } from '@aibomgen/core'

import { isJsonObject } from './config-reader.ts'
import { modelInvalid } from './model-errors.ts'
import { looksLikeZip, readZip, writeZip } from './zip-archive.ts'

const MAX_CONFIG_BYTES = 16 * 1024 * 1024
const MAX_METADATA_BYTES = 64 * 1024
/** What Node can hold in one array, and HDF5's wasm build in its memory. */
const MAX_WEIGHTS_BYTES = 2 ** 31 - 1

const HDF5_MAGIC = '\x89HDF'

/** A `.keras` archive, unpacked. */
export interface KerasArchive {
  /** `config.json` as it was, for writing back. */
  readonly configBytes: Uint8Array
  readonly config: JsonObject
  readonly kerasVersion: string
  /** `model.weights.h5`, not yet looked at. */
  readonly weights: Uint8Array
}

/**
 * Unpacks a `.keras` file: exactly `config.json`, `metadata.json` and `model.weights.h5`, each within its limit and with
 * its checksum. Nothing of the weights is read here.
 *
 * @throws ParseError `FORMAT_UNSUPPORTED` for what is no zip: HDF5, pickles and the rest can run code or are no Keras 3
 * @throws TrainingError `MODEL_INVALID`
 */
export function readKerasArchive(bytes: Uint8Array): KerasArchive {
  if (!looksLikeZip(bytes)) {
    throw new ParseError(
      'FORMAT_UNSUPPORTED',
      `model: expected a Keras 3 archive (save as .keras), got ${guess(bytes)}`,
      {
        file: 'model',
        expected: '.keras',
        got: guess(bytes),
      },
    )
  }
  const entries = readZip(bytes, {
    'config.json': MAX_CONFIG_BYTES,
    'metadata.json': MAX_METADATA_BYTES,
    'model.weights.h5': MAX_WEIGHTS_BYTES,
  })
  const entry = (name: string): Uint8Array => {
    const content = entries.get(name)
    if (content === undefined) throw modelInvalid(`the archive has no ${name}`)
    return content
  }
  const configBytes = entry('config.json')
  const version = readObject(entry('metadata.json'), 'metadata.json').keras_version
  if (typeof version !== 'string' || !/^3\./.test(version)) {
    throw modelInvalid(
      `metadata.json: expected a model saved by Keras 3, got version ${JSON.stringify(version ?? null)}`,
    )
  }
  return {
    configBytes,
    config: readObject(configBytes, 'config.json'),
    kerasVersion: version,
    weights: entry('model.weights.h5'),
  }
}

/** Packs an archive. The same parts give the same bytes: no clock is asked, `date_saved` is a constant. */
export function writeKerasArchive(parts: Pick<KerasArchive, 'configBytes' | 'kerasVersion' | 'weights'>): Uint8Array {
  const metadata = canonicalizeJson({ date_saved: '1980-01-01@00:00:00', keras_version: parts.kerasVersion })
  return writeZip([
    ['metadata.json', metadata],
    ['config.json', parts.configBytes],
    ['model.weights.h5', parts.weights],
  ])
}

function readObject(bytes: Uint8Array, document: string): JsonObject {
  let value
  try {
    value = parseJson(bytes, { maxBytes: bytes.length, maxDepth: 128, document })
  } catch (cause) {
    throw modelInvalid(cause instanceof Error ? cause.message : document, cause)
  }
  if (!isJsonObject(value)) throw modelInvalid(`${document}: expected an object`)
  return value
}

function guess(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 4))
  if (bytes.length === 0) return 'an empty file'
  if (start === HDF5_MAGIC) return 'an HDF5 file (.h5)'
  if (bytes[0] === 0x80) return 'a pickle'
  return 'something that is no zip archive'
}
