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

/** A data set, with as much about columns and classes as may be told. */
type DatasetDescription = Omit<DatasetFacts, 'columns' | 'classes'> & {
  readonly columns?: readonly object[]
  readonly classes?: readonly object[]
}

function describeDataset(dataset: DatasetDescription, manifest: string): readonly BomProperty[] {
  const { type, rows, trainRows, validationRows, columns, classes } = dataset
  return sortProperties([
    property(PROPERTY_NAMES.datasetType, type),
    property(PROPERTY_NAMES.rows, rows),
    property(PROPERTY_NAMES.trainRows, trainRows),
    property(PROPERTY_NAMES.validationRows, validationRows),
    ...(columns === undefined ? [] : [property(PROPERTY_NAMES.columns, embedJson(columns, manifest).text)]),
    ...(classes === undefined ? [] : [property(PROPERTY_NAMES.classes, embedJson(classes, manifest).text)]),
  ])
}

/** Names and types stay: they are what a model's inputs and outputs are called. Everything counted goes. */
function withoutStatistics(dataset: DatasetFacts): DatasetDescription {
  const { columns, classes, ...others } = dataset
  return {
    ...others,
    ...(columns && { columns: columns.map(({ name, type, role }) => ({ name, type, role })) }),
    ...(classes && { classes: classes.map(({ value }) => ({ value })) }),
  }
}
