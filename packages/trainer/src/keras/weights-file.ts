/** Reads `model.weights.h5` into a model's weights, and writes it from them. @module */

import { TrainingError } from '@aibomgen/core'
import { Dataset, File, Group, ready } from 'h5wasm'

import { writeHdf5 } from './hdf5-writer.ts'
import type { WeightSpec } from './layer.ts'
import type { ModelGraph, ModelWeight, WeightValues } from './model.ts'
import { modelInvalid } from './model-errors.ts'
import type { OptimizerConfig, OptimizerState } from './optimizers.ts'
import { sameShape, sizeOf } from './shapes.ts'

/** h5wasm's file system is memory of its own: no file of the host is in reach, whatever the HDF5 file links to. */
const MEMORY_FILE = '/model.weights.h5'

const OPTIMIZER = 'optimizer/vars'
/** The step count and the learning rate, which the optimizer's config has too. */
const BEFORE_SLOTS = 2

/**
 * Fills the weights of a graph, and reads where the optimizer stood. Keras passes over an optimizer that was saved before
 * its first step, or with another number of variables; so does this.
 *
 * @throws TrainingError `MODEL_INVALID` for a file that is broken, or whose weights are not those of the graph
 */
export async function fillWeights(
  graph: ModelGraph,
  bytes: Uint8Array,
  optimizer: OptimizerConfig,
): Promise<OptimizerState | undefined> {
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
      return readOptimizerState(
        file,
        weights.filter(({ spec }) => spec.trainable),
        optimizer,
      )
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

/** What a dataset is of. */
type Expected = Pick<WeightSpec, 'name' | 'shape'>

function readOptimizerState(
  file: File,
  weights: readonly ModelWeight[],
  { slotGroups }: OptimizerConfig,
): OptimizerState | undefined {
  const group = file.get(OPTIMIZER)
  const slotsPerWeight = slotGroups.reduce((total, size) => total + size, 0)
  const expected = BEFORE_SLOTS + weights.length * slotsPerWeight
  if (!(group instanceof Group) || group.keys().length !== expected) return undefined
  const slots = weights.map((): Float32Array[] => [])
  let next = BEFORE_SLOTS
  for (const size of slotGroups) {
    for (const [index, { spec }] of weights.entries()) {
      for (let slot = 0; slot < size; slot += 1) {
        slots[index]?.push(
          readFloats(file, `${OPTIMIZER}/${next}`, { name: `a slot of ${spec.name}`, shape: spec.shape }),
        )
        next += 1
      }
    }
  }
  return { steps: Number(readCount(file, `${OPTIMIZER}/0`, { name: 'step count', shape: [] })), slots }
}

function readWeight(file: File, { path, spec }: ModelWeight): WeightValues {
  return spec.dtype === 'count' ? BigInt64Array.of(readCount(file, path, spec)) : readFloats(file, path, spec)
}

function readCount(file: File, path: string, expected: Expected): bigint {
  return BigInt(firstNumber(readDataset(file, path, expected).value, path))
}

function readFloats(file: File, path: string, expected: Expected): Float32Array {
  const dataset = readDataset(file, path, expected)
  if (dataset.dtype !== '<f') throw modelInvalid(`${path} (${expected.name}): expected float32`)
  const values: unknown = dataset.value
  return values instanceof Float32Array ? Float32Array.from(values) : Float32Array.of(Number(firstNumber(values, path)))
}

function readDataset(file: File, path: string, { name, shape }: Expected): Dataset {
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
