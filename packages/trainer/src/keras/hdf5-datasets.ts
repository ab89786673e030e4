/** Reads single datasets of an opened HDF5 file, each checked against what it has to be. @module */

import { Dataset, type File } from 'h5wasm'

import type { WeightSpec } from './layer.ts'
import { modelInvalid } from './model-errors.ts'
import { sameShape } from './shapes.ts'

/** What a dataset has to be; the name is for messages. */
export type ExpectedDataset = Pick<WeightSpec, 'name' | 'shape'>

/** The float32 numbers of a dataset, row-major. @throws TrainingError `MODEL_INVALID` */
export function readFloats(file: File, path: string, expected: ExpectedDataset): Float32Array {
  const dataset = readDataset(file, path, expected)
  if (dataset.dtype !== '<f') throw modelInvalid(`${path} (${expected.name}): expected float32`)
  const values: unknown = dataset.value
  return values instanceof Float32Array ? Float32Array.from(values) : Float32Array.of(Number(firstNumber(values, path)))
}

/** The number of a dataset of one. @throws TrainingError `MODEL_INVALID` */
export function readNumber(file: File, path: string, expected: ExpectedDataset): number | bigint {
  return firstNumber(readDataset(file, path, expected).value, path)
}

function readDataset(file: File, path: string, { name, shape }: ExpectedDataset): Dataset {
  const dataset = file.get(path)
  if (!(dataset instanceof Dataset)) throw modelInvalid(`model.weights.h5 has no ${path} (${name})`)
  const got = dataset.shape ?? []
  if (!sameShape(got, shape)) {
    throw modelInvalid(`${path} (${name}): expected shape [${shape.join()}], got [${got.join()}]`)
  }
  return dataset
}

/** The number that a dataset of one holds: as it is, or first in a list. */
function firstNumber(values: unknown, path: string): number | bigint {
  const first: unknown =
    Array.isArray(values) || ArrayBuffer.isView(values) ? Array.from(values as ArrayLike<unknown>)[0] : values
  if (typeof first !== 'number' && typeof first !== 'bigint') throw modelInvalid(`${path}: expected a number`)
  return first
}
