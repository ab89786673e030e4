/** A model as a layer of another. @module */

import type { JsonObject } from '@aibomgen/core'
import type { Variable } from '@tensorflow/tfjs-core'

import { runGraph } from './forward.ts'
import type { Layer, Shape } from './layer.ts'
import type { LayerPlace } from './make-layer.ts'
import { readModelConfig } from './model-config.ts'
import { modelInvalid } from './model-errors.ts'
import { buildGraph, type ModelLayer } from './model.ts'
import { sameShape } from './shapes.ts'

/**
 * A Sequential or Functional model that stands inside another, its weights in its own order and under `layers/` of its
 * group.
 *
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED`
 */
export function nestedModel(
  document: JsonObject,
  place: LayerPlace,
  where: string,
): { readonly layer: Layer; readonly trainable: boolean } {
  const given = place.inputs.map((shape) => ({ shape }))
  const config = readModelConfig(document, given)
  const graph = buildGraph({ ...config, trainable: true }) // its layers say themselves which of them learn
  const shapes = graph.outputs.map((output) => output.shape)
  const ranges = new Map<ModelLayer, readonly [number, number]>()
  let next = 0
  for (const layer of graph.layers) {
    ranges.set(layer, [next, next + layer.weights.length])
    next += layer.weights.length
  }
  const fitting = (inputs: readonly Shape[]): readonly Shape[] => {
    const fits = graph.inputs.length === inputs.length && graph.inputs.every(({ shape }, n) => sameShape(shape, inputs[n] ?? [])) // prettier-ignore
    if (!fits) throw modelInvalid(`${where}: is called with inputs that are not its own`)
    return shapes
  }
  const layer: Layer = {
    weights: graph.layers.flatMap(({ weights }) => weights.map(({ spec, path }) => ({ ...spec, path }))),
    outputShape: (inputs) => fitting(inputs)[0] ?? [],
    outputShapes: fitting,
    call(inputs, weights, pass, { masks }) {
      const variablesOf = (inner: ModelLayer): readonly Variable[] => weights.slice(...(ranges.get(inner) ?? [0, 0]))
      const made = runGraph(
        graph,
        variablesOf,
        inputs.map((tensor, index) => ({ tensor, mask: masks[index] })),
        pass,
      )
      return { tensors: made.map(({ tensor }) => tensor), masks: made.map(({ mask }) => mask) }
    },
  }
  return { layer, trainable: config.trainable && place.trainable }
}
