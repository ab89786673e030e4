/** From the bytes of a `.keras` file to a model, and back. @module */

import { readKerasArchive, writeKerasArchive } from './archive.ts'
import { readCompileConfig } from './compile-config.ts'
import { assertKnownObjects } from './known-objects.ts'
import { readModelConfig, type GivenShape } from './model-config.ts'
import { buildGraph, type KerasModel } from './model.ts'
import { fillWeights, writeWeights } from './weights-file.ts'

/**
 * The compiled model in a `.keras` file. Everything it names is held against an allow-list before a weight is read:
 * nothing in the file is ever run.
 *
 * @param given - shapes of inputs whose axes the model leaves open
 * @throws ParseError `FORMAT_UNSUPPORTED` for what is no Keras 3 archive
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED`, `MODEL_NOT_COMPILED`
 */
export async function loadKerasModel(bytes: Uint8Array, given: readonly GivenShape[] = []): Promise<KerasModel> {
  const { config, configBytes, kerasVersion, weights } = readKerasArchive(bytes)
  assertKnownObjects(config, 'config.json')
  const graph = buildGraph(readModelConfig(config, given))
  const compile = readCompileConfig(config, graph.outputs)
  const optimizerState = await fillWeights(graph, weights, compile.optimizer)
  return { ...graph, compile, optimizerState, source: { config: configBytes, kerasVersion } }
}

/**
 * The bytes of a `.keras` file with the model's weights: its `config.json` as it was read, where its optimizer stands,
 * fixed times. The same model gives the same bytes, whenever and wherever.
 */
export function writeKerasModel(model: KerasModel): Uint8Array {
  const { config, kerasVersion } = model.source
  return writeKerasArchive({
    configBytes: config,
    kerasVersion,
    weights: writeWeights(model, model.compile.optimizer, model.optimizerState),
  })
}
