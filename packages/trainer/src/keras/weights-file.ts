/** Reads `model.weights.h5` into a model's weights, and writes it from them. @module */

import { TrainingError } from '@aibomgen/core'
import { File, ready } from 'h5wasm'

import { readFloats, readNumber } from './hdf5-datasets.ts'
import { writeHdf5 } from './hdf5-writer.ts'
import type { ModelGraph, ModelWeight, WeightValues } from './model.ts'
import { modelInvalid } from './model-errors.ts'
import { optimizerDatasets, readOptimizerState } from './optimizer-state-file.ts'
import type { OptimizerConfig, OptimizerState } from './optimizers.ts'
import { sizeOf } from './shapes.ts'

/** h5wasm's file system is memory of its own: no file of the host is in reach, whatever the HDF5 file links to. */
const MEMORY_FILE = '/model.weights.h5'

/**
 * Fills the weights of a graph, and reads where the optimizer stood.
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
      return readOptimizerState(file, graph, optimizer)
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

/** The bytes of `model.weights.h5`: every weight of the model and where its optimizer stands, the same for the same. */
export function writeWeights(
  graph: ModelGraph,
  optimizer: OptimizerConfig,
  state: OptimizerState | undefined,
): Uint8Array {
  const weights = weightsOf(graph).map(({ path, spec, values }) => ({ path, shape: spec.shape, values }))
  return writeHdf5([...weights, ...optimizerDatasets(graph, optimizer, state)])
}

function weightsOf(graph: ModelGraph): readonly ModelWeight[] {
  return graph.layers.flatMap((layer) => layer.weights)
}

function readWeight(file: File, { path, spec }: ModelWeight): WeightValues {
  return spec.dtype === 'count' ? BigInt64Array.of(BigInt(readNumber(file, path, spec))) : readFloats(file, path, spec)
}
