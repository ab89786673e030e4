/** Components for the data set and for the definition that says how to read it. @module */

import { Enums } from '#cyclonedx-library'

import { BOM_REFS } from '../bom-ref.ts'
import type { AibomComponent } from '../cyclonedx/models.ts'
import type { DatasetFacts } from '../model-facts.ts'
import { property, PROPERTY_NAMES, sortProperties, type BomProperty } from '../property-names.ts'
import type { TrainingFacts } from '../training-facts.ts'
import { buildArtifact } from './artifact.ts'
import { embedJson } from './embedded-json.ts'

/** The data set: digest, rows, columns, classes; what may reveal personal data only if it is not withheld. */
export function buildDataset({ inputs, outputs, dataset, withheld }: TrainingFacts): AibomComponent {
  const facts = withheld.includes('statistics') ? withoutStatistics(dataset) : dataset
  const properties = describeDataset(facts, outputs.datasetManifest.name)
  return buildArtifact(Enums.ComponentType.Data, BOM_REFS.inputs.dataset, inputs.dataset, {
    data: [{ type: 'dataset', contents: { properties } }],
  })
}

/** The dataset definition: digest and, unless it is very large, content. */
export function buildDefinition({ inputs, definition }: TrainingFacts): AibomComponent {
  const { text, isWhole } = embedJson(definition, inputs.definition.name)
  const contents = isWhole
    ? { attachment: { contentType: 'application/json', content: text } }
    : { properties: [{ name: PROPERTY_NAMES.definition, value: text }] }
  return buildArtifact(Enums.ComponentType.Data, BOM_REFS.inputs.definition, inputs.definition, {
    data: [{ type: 'definition', contents }],
  })
}

/** A data set, with as much about columns, features, classes and channels as may be told. */
type DatasetDescription = Omit<DatasetFacts, 'columns' | 'features' | 'classes' | 'channels'> & {
  readonly columns?: readonly object[]
  readonly features?: readonly object[]
  readonly classes?: readonly object[]
  readonly channels?: readonly object[]
}

function describeDataset(dataset: DatasetDescription, manifest: string): readonly BomProperty[] {
  const { type, rows, trainRows, validationRows, columns, features } = dataset
  const { classes, channels, imageSizes, formats, merkle } = dataset
  const embed = (name: string, value: object | undefined): readonly BomProperty[] =>
    value === undefined ? [] : [property(name, embedJson(value, manifest).text)]
  return sortProperties([
    property(PROPERTY_NAMES.datasetType, type),
    property(PROPERTY_NAMES.rows, rows),
    property(PROPERTY_NAMES.trainRows, trainRows),
    property(PROPERTY_NAMES.validationRows, validationRows),
    ...embed(PROPERTY_NAMES.columns, columns),
    ...embed(PROPERTY_NAMES.features, features),
    ...embed(PROPERTY_NAMES.classes, classes),
    ...embed(PROPERTY_NAMES.channels, channels),
    ...embed(PROPERTY_NAMES.imageSizes, imageSizes),
    ...embed(PROPERTY_NAMES.formats, formats),
    ...embed(PROPERTY_NAMES.merkle, merkle),
  ])
}

/**
 * Names and types stay: they are what a model's inputs and outputs are called. So does the Merkle root, which tells no
 * more than the digest of the whole. Everything counted or measured goes.
 */
function withoutStatistics(dataset: DatasetFacts): DatasetDescription {
  const { columns, features, classes, channels, imageSizes, formats, ...others } = dataset
  return {
    ...others,
    ...(columns && { columns: columns.map(({ name, type, role }) => ({ name, type, role })) }),
    ...(features && {
      features: features.map(({ name, dtype, role, shape }) => ({ name, dtype, role, ...(shape && { shape }) })),
    }),
    ...(classes && { classes: classes.map(({ value }) => ({ value })) }),
    ...(channels && { channels: channels.map(({ name }) => ({ name })) }),
  }
}
