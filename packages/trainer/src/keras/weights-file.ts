/** Reads `model.weights.h5` into a model's weights, and writes it from them. @module */

import { TrainingError } from '@aibomgen/core'
import { Dataset, File, ready } from 'h5wasm'

import { writeHdf5 } from './hdf5-writer.ts'
import type { ModelGraph, ModelWeight, WeightValues } from './model.ts'
import { modelInvalid } from './model-errors.ts'
import { sameShape, sizeOf } from './shapes.ts'

/** h5wasm's file system is memory of its own: no file of the host is in reach, whatever the HDF5 file links to. */
const MEMORY_FILE = '/model.weights.h5'

/**
 * Fills the weights of a graph. Optimizer state in the file is not read.
 *
 * @throws TrainingError `MODEL_INVALID` for a file that is broken, or whose weights are not those of the graph
 */
export async function fillWeights(graph: ModelGraph, bytes: Uint8Array): Promise<void> {
  const weights = weightsOf(graph)
  const needed = weights.reduce((total, { spec }) => total + sizeOf(spec.shape) * 4, 0)
  if (needed > bytes.length) {
    throw modelInvalid(`model.weights.h5 has ${bytes.length} bytes, the model's weights need ${needed}`)
  }
  const { FS } = await ready
  FS.writeFile(MEMORY_FILE, bytes)
  try {
    const file = new File(MEMORY_FILE, 'r')
    try {
      for (const weight of weights) weight.values = readWeight(file, weight)
    } finally {
      file.close()
    }
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause
    throw modelInvalid('model.weights.h5 cannot be read', cause)
  } finally {
    FS.unlink(MEMORY_FILE)
  }
}

/** The bytes of `model.weights.h5`: every weight of the model, no optimizer state, the same for the same numbers. */
export function writeWeights(graph: ModelGraph): Uint8Array {
  return writeHdf5(weightsOf(graph).map(({ path, spec, values }) => ({ path, shape: spec.shape, values })))
}

function weightsOf(graph: ModelGraph): readonly ModelWeight[] {
  return graph.layers.flatMap((layer) => layer.weights)
}

function readWeight(file: File, { path, spec }: ModelWeight): WeightValues {
  const dataset = file.get(path)
  if (!(dataset instanceof Dataset)) throw modelInvalid(`model.weights.h5 has no ${path} (${spec.name})`)
  const shape = dataset.shape ?? []
  if (!sameShape(shape, spec.shape)) {
    throw modelInvalid(`${path} (${spec.name}): expected shape [${spec.shape.join()}], got [${shape.join()}]`)
  }
  const values: unknown = dataset.value
  const list = typeof values === 'bigint' || typeof values === 'number' ? [values] : values
  if (spec.dtype === 'count') return BigInt64Array.of(BigInt(firstNumber(list, path)))
  if (dataset.dtype !== '<f') throw modelInvalid(`${path} (${spec.name}): expected float32`)
  if (list instanceof Float32Array) return Float32Array.from(list)
  return Float32Array.of(Number(firstNumber(list, path)))
}

function firstNumber(values: unknown, path: string): number | bigint {
  const first: unknown =
    Array.isArray(values) || ArrayBuffer.isView(values) ? Array.from(values as ArrayLike<unknown>)[0] : undefined
  if (typeof first !== 'number' && typeof first !== 'bigint') throw modelInvalid(`${path}: expected a number`)
  return first
}
