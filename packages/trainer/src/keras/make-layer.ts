/** Makes the layer that a config describes, be it in a model's graph or inside another layer. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'

import { ConfigReader, isJsonObject } from './config-reader.ts'
import type { CallArguments, InnerLayer, Layer, Shape } from './layer.ts'
import { INTEGER_LAYERS, LAYER_FACTORIES } from './layers/layer-factories.ts'
import { OPERATION_FACTORIES } from './layers/operations/operations.ts'
import { assertFloat32 } from './model-config.ts'
import { modelInvalid, modelUnsupported } from './model-errors.ts'
import { nestedModel } from './nested-model.ts'
import type { Regularizer } from './regularizers.ts'
import { withRules } from './weight-rules.ts'

/** A layer as a config names it. */
export interface LayerName {
  readonly name: string
  readonly className: string
  readonly config: JsonObject
}

/** Where a layer is to stand. */
export interface LayerPlace {
  readonly inputs: readonly Shape[]
  readonly given: CallArguments<Shape>
  /** Whether what it stands in learns. */
  readonly trainable: boolean
}

/** A layer, and what its config says about it beside its arithmetic. */
export interface MadeLayer {
  readonly layer: Layer
  readonly trainable: boolean
  /** A penalty for what the layer gives. */
  readonly activityRegularizer: Regularizer | undefined
}

/**
 * A layer of a known class, every option of its config read.
 *
 * @throws TrainingError `MODEL_INVALID`, `MODEL_UNSUPPORTED`
 */
export function makeLayer({ name, className, config }: LayerName, place: LayerPlace): MadeLayer {
  const where = `layer "${name}" (${className})`
  if (className === 'Functional' || className === 'Sequential') {
    return { ...nestedModel({ class_name: className, config }, place, where), activityRegularizer: undefined }
  }
  const reader = new ConfigReader(config, where)
  const operation = OPERATION_FACTORIES.get(className)
  const factory = LAYER_FACTORIES.get(className) ?? operation
  if (factory === undefined) throw modelUnsupported('layer', className, reader.where)
  if (INTEGER_LAYERS.has(className)) reader.ignore('dtype')
  else if (operation === undefined) assertFloat32(reader)
  reader.ignore('name')
  const trainable = reader.boolean('trainable', true) && place.trainable
  const inside = (object: JsonValue, inputs: readonly Shape[], given: CallArguments<Shape>): InnerLayer => {
    const description = describedLayer(object, where)
    const made = makeLayer(description, { inputs, given, trainable: true })
    if (made.activityRegularizer !== undefined) {
      throw modelUnsupported('option', 'activity_regularizer of a layer inside another', where)
    }
    return { ...description, layer: made.layer }
  }
  const made = factory(reader, place.inputs, trainable, { given: place.given, inside })
  const activityRegularizer = reader.regularizer('activity_regularizer')
  const layer = { ...made, weights: withRules(made.weights, reader) }
  reader.finish()
  return { layer, trainable, activityRegularizer }
}

/** What a serialized layer is called and made from. */
function describedLayer(object: JsonValue, where: string): LayerName {
  const config = isJsonObject(object) ? object.config : undefined
  const className = isJsonObject(object) ? object.class_name : undefined
  if (!isJsonObject(config) || typeof className !== 'string') {
    throw modelInvalid(`${where}: expected a serialized layer inside`)
  }
  return { name: typeof config.name === 'string' ? config.name : className, className, config }
}
