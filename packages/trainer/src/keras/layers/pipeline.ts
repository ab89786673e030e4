/** Pipeline: preparing layers one after the other, as one. @module */

import type { Tensor } from '@tensorflow/tfjs-core'
import type { JsonValue } from '@aibomgen/core'

import { ConfigReader, isJsonObject, textOf } from '../config-reader.ts'
import { firstOf, BY_ITSELF, INPUTS_ALONE, type Layer, type LayerFactory, type Shape } from '../layer.ts'
import { modelInvalid, modelUnsupported } from '../model-errors.ts'
import { onlyInput } from '../shapes.ts'

/** `keras.layers.Pipeline` of layers without weights, each made by the factory that `find` gives for its class. */
export function pipelineOf(find: (className: string) => LayerFactory | undefined): LayerFactory {
  return (config, inputs) => {
    const list: JsonValue = config.value('layers') ?? []
    if (!Array.isArray(list) || list.length === 0) throw modelInvalid(`${config.where}: expected layers`)
    let shape = onlyInput(inputs, config)
    const layers = (list as readonly JsonValue[]).map((object) => {
      const layer = buildPart(object, shape, config.where, find)
      shape = layer.outputShape([shape], INPUTS_ALONE)
      return layer
    })

    return {
      weights: [],
      outputShape: (shapes) =>
        layers.reduce((before: Shape, layer) => layer.outputShape([before], INPUTS_ALONE), onlyInput(shapes, config)),
      call: (tensors, _weights, pass) =>
        layers.reduce((before: Tensor, layer) => {
          const result = layer.call([before], [], pass, INPUTS_ALONE)
          return 'tensors' in result ? firstOf(result.tensors) : result
        }, firstOf(tensors)),
    }
  }
}

function buildPart(
  object: JsonValue,
  shape: Shape,
  where: string,
  find: (className: string) => LayerFactory | undefined,
): Layer {
  if (!isJsonObject(object) || typeof object.class_name !== 'string' || !isJsonObject(object.config)) {
    throw modelInvalid(`${where}: expected layers with a class and a config`)
  }
  const factory = find(object.class_name)
  if (factory === undefined) throw modelUnsupported('layer', object.class_name, where)
  const reader = new ConfigReader(object.config, `${where}, layer "${textOf(object.config.name)}"`)
  reader.ignore('name', 'trainable', 'dtype')
  const layer = factory(reader, [shape], false, BY_ITSELF)
  reader.finish()
  if (layer.weights.length > 0) throw modelUnsupported('layer', `${object.class_name} with weights`, where)
  return layer
}
