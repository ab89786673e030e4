/** The model card: what kind of model, how well it did, what it is for, and with which parameters it was trained. @module */

import type { JsonObject } from '@aibomgen/core'

import { BOM_REFS } from './bom-ref.ts'
import { spellJson } from './components/embedded-json.ts'
import type { LayerFacts, TensorFacts } from './model-facts.ts'
import {
  propertiesOf,
  property,
  PROPERTY_NAMES,
  PROPERTY_PREFIXES,
  sortProperties,
  type BomProperty,
} from './property-names.ts'
import { placeMetadata } from './submitted-metadata.ts'
import type { TrainingFacts } from './training-facts.ts'

/** The model card of a run, members in the schema's order. */
export function buildModelCard(facts: TrainingFacts): JsonObject {
  const { model, metadata, outputs } = facts
  const task = taskOf(model.loss)
  const { considerations } = placeMetadata(metadata, outputs.trainedModel.name)
  return {
    'bom-ref': BOM_REFS.modelCard,
    modelParameters: {
      approach: { type: 'supervised' },
      ...(task === undefined ? {} : { task }),
      architectureFamily: model.family,
      modelArchitecture: model.name,
      datasets: [{ ref: BOM_REFS.inputs.dataset }],
      inputs: model.inputs.map(describeTensor),
      outputs: model.outputs.map(describeTensor),
    },
    quantitativeAnalysis: { performanceMetrics: metricsOfWeights(facts) },
    ...(considerations === undefined ? {} : { considerations }),
    properties: describeModel(facts),
  }
}

function describeModel({ model, metadata, parameters }: TrainingFacts): readonly BomProperty[] {
  return sortProperties([
    ...propertiesOf(PROPERTY_PREFIXES.parameter, parameters),
    ...propertiesOf(PROPERTY_PREFIXES.metadata, metadata),
    property(PROPERTY_NAMES.modelName, model.name),
    property(PROPERTY_NAMES.modelParametersTotal, model.parameters.total),
    property(PROPERTY_NAMES.modelParametersTrainable, model.parameters.trainable),
    property(PROPERTY_NAMES.modelParametersNonTrainable, model.parameters.nonTrainable),
    property(PROPERTY_NAMES.optimizer, spellJson(model.optimizer)),
    property(PROPERTY_NAMES.loss, typeof model.loss === 'string' ? model.loss : spellJson(model.loss)),
    property(PROPERTY_NAMES.metrics, spellJson(model.metrics)),
    ...(model.restored === undefined ? [] : [property(PROPERTY_NAMES.restoredEpoch, model.restored.epoch)]),
    ...describeLayers(model.layers),
  ])
}

/** One property a layer; positions have one width, so that sorting by name keeps the model's order. */
function describeLayers(layers: readonly LayerFacts[]): readonly BomProperty[] {
  const width = String(layers.length).length
  return layers.map((layer, index) =>
    property(PROPERTY_PREFIXES.layer + String(index).padStart(width, '0'), spellJson(layer)),
  )
}

function describeTensor({ name, shape, dtype }: TensorFacts): JsonObject {
  return { format: `${name}: ${dtype}[${shape.map((size) => size ?? '?').join(', ')}]` }
}

/**
 * Each metric's value after the epoch that the weights are of: the one put back, or else the last that has a value. Keras
 * marks validation by a prefix.
 */
function metricsOfWeights({ history, model }: TrainingFacts): readonly JsonObject[] {
  return Object.keys(history)
    .sort()
    .flatMap((name) => {
      const value = model.restored === undefined ? history[name]?.at(-1) : model.restored.values[name]
      if (value === undefined) return []
      const isValidation = name.startsWith('val_')
      const type = isValidation ? name.slice('val_'.length) : name
      return [{ type, value: spellJson(value), slice: isValidation ? 'validation' : 'training' }]
    })
}

/** What a loss is for; nothing where it does not say, or where several do not agree. */
function taskOf(loss: string | readonly string[]): string | undefined {
  if (typeof loss !== 'string') {
    const [task, ...others] = new Set(loss.map(taskOf))
    return others.length === 0 ? task : undefined
  }
  if (/crossentropy$/.test(loss)) return 'classification'
  if (/^(mse|mae|mean_(squared|absolute)_error|huber(_loss)?)$/.test(loss)) return 'regression'
  return undefined
}
