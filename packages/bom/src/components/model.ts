/** The component that an AIBoM is about: the trained model. @module */

import { Enums } from '#cyclonedx-library'

import { BOM_REFS } from '../bom-ref.ts'
import type { AibomComponent } from '../cyclonedx/models.ts'
import { createLicenses } from '../license.ts'
import { buildModelCard } from '../model-card.ts'
import { placeMetadata } from '../submitted-metadata.ts'
import type { TrainingFacts } from '../training-facts.ts'
import { buildArtifact } from './artifact.ts'

/** The trained model: hashes of its file and of nothing else, the submitted model as its ancestor. */
export function buildModel(facts: TrainingFacts): AibomComponent {
  const { trainedModel } = facts.outputs
  const { considerations: _, ...places } = placeMetadata(facts.metadata, trainedModel.name)
  const { base_model_source: source, license_name: license = '' } = facts.metadata
  return buildArtifact(Enums.ComponentType.MachineLearningModel, BOM_REFS.outputs.trainedModel, trainedModel, {
    ...places,
    hashes: trainedModel.sha512 === undefined ? [] : [{ alg: 'SHA-512', content: trainedModel.sha512 }],
    licenses: createLicenses(license),
    ancestors: [buildBaseModel(facts)],
    ...(source ? { pedigreeNotes: source } : {}),
    modelCard: buildModelCard(facts),
  })
}

function buildBaseModel({ inputs, metadata }: TrainingFacts): AibomComponent {
  const options = metadata.base_model ? { name: metadata.base_model } : {}
  return buildArtifact(Enums.ComponentType.MachineLearningModel, BOM_REFS.inputs.model, inputs.model, options)
}
