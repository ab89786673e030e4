/** From an AIBoM back to what it claims: the mirror of `buildAibom`. @module */

import { isReason, parseTimestamp, type JsonObject, type ParameterValue } from '@aibomgen/core'

import { BOM_REFS } from './bom-ref.ts'
import { EVIDENCE_COMMENTS } from './components/evidence.ts'
import { findRepeatedName } from './file-names.ts'
import { licensesToJson } from './license.ts'
import { PROPERTY_NAMES, PROPERTY_PREFIXES } from './property-names.ts'
import { indexComponents, readArtifact, readEvidence, type ComponentIndex } from './read/artifacts.ts'
import { parseAibomShape, type AibomShape, type WorkflowShape } from './read/aibom-shape.ts'
import { assertSame, contradiction, exactlyOne } from './read/claim-problems.ts'
import { propertiesUnder, readCount, readOptionalProperty, readProperty, readStringList } from './read/properties.ts'
import { placeMetadata } from './submitted-metadata.ts'
import type { TrainingFacts, VulnerabilityFacts, Withholdable } from './training-facts.ts'
import type { SpecVersion } from './validate.ts'

/** Of a run's facts, those that a verifier can compare with `job.json`, links and layout. */
export type AibomClaims = Pick<
  TrainingFacts,
  | 'jobId'
  | 'submittedAt'
  | 'startedAt'
  | 'endedAt'
  | 'timestamp'
  | 'parameters'
  | 'metadata'
  | 'inputs'
  | 'outputs'
  | 'byproducts'
  | 'evidence'
  | 'command'
  | 'vulnerabilities'
  | 'withheld'
> & { readonly specVersion: SpecVersion; readonly serialNumber: string }

/**
 * What `bom` claims, typed as it was in `job.json` and the links. Where a fact stands in two places (a licence both in
 * the submitter's words and as SPDX id, a parameter in model card and workflow), both must say the same.
 *
 * Reads an AIBoM of ours that is valid under the schema; verifies nothing.
 *
 * @throws ParseError `DOCUMENT_INVALID`, naming what is not where it must be
 */
export function readAibomClaims(bom: JsonObject): AibomClaims {
  const shape = parseAibomShape(bom)
  const { metadata, formulation } = shape
  const workflow = exactlyOne(exactlyOne(formulation, '/formulation').workflows, '/formulation/0/workflows')
  const components = indexComponents(shape)
  const jobId = readProperty(metadata, PROPERTY_NAMES.jobId)
  assertSame(workflow.uid, jobId, '/formulation/0/workflows/0/uid')
  const files = readFiles(components)
  const evidence = readEvidenceFiles(shape)
  const repeated = findRepeatedName({ ...files, evidence })
  if (repeated !== undefined) throw contradiction('files', 'each name once', repeated)
  return {
    specVersion: shape.specVersion,
    serialNumber: shape.serialNumber,
    jobId,
    submittedAt: parseTimestamp(readProperty(metadata, PROPERTY_NAMES.submittedAt)),
    startedAt: workflow.timeStart,
    endedAt: workflow.timeEnd,
    timestamp: metadata.timestamp,
    parameters: readParameters(shape, workflow),
    metadata: readMetadata(shape),
    ...files,
    evidence,
    command: readCommand(workflow),
    vulnerabilities: readVulnerabilities(shape),
    withheld: metadata.properties
      .filter(({ name }) => name === PROPERTY_NAMES.withheld)
      .map(({ value }) => readWithheld(value)),
  }
}

function readFiles(components: ComponentIndex): Pick<AibomClaims, 'inputs' | 'outputs' | 'byproducts'> {
  const { inputs, outputs, byproducts } = BOM_REFS
  const read = (ref: string): ReturnType<typeof readArtifact> => readArtifact(components, ref)
  return {
    inputs: {
      job: read(inputs.job),
      model: read(inputs.model),
      dataset: read(inputs.dataset),
      definition: read(inputs.definition),
    },
    outputs: {
      trainedModel: read(outputs.trainedModel),
      metrics: read(outputs.metrics),
      modelSummary: read(outputs.modelSummary),
      preprocessing: read(outputs.preprocessing),
      datasetManifest: read(outputs.datasetManifest),
    },
    byproducts: { logs: read(byproducts.logs), environment: read(byproducts.environment) },
  }
}

function readEvidenceFiles(shape: AibomShape): AibomClaims['evidence'] {
  const { submitInputs, runTraining, layout } = EVIDENCE_COMMENTS
  return {
    submitInputs: exactlyOne(readEvidence(shape, submitInputs), submitInputs),
    runTraining: readEvidence(shape, runTraining),
    layout: exactlyOne(readEvidence(shape, layout), layout),
  }
}

/** The workflow says the types, the model card repeats the values. */
function readParameters({ metadata }: AibomShape, workflow: WorkflowShape): AibomClaims['parameters'] {
  const path = '/formulation/0/workflows/0/inputs'
  const stated = exactlyOne(
    workflow.inputs.flatMap(({ parameters }) => (parameters === undefined ? [] : [parameters])),
    path,
  )
  const repeated = propertiesUnder(metadata.component.modelCard, PROPERTY_PREFIXES.parameter)
  const values = Object.fromEntries(stated.map(({ name, value }) => [name, value]))
  if (Object.keys(values).length < stated.length) throw contradiction(path, 'each parameter once', 'a repetition')
  assertSame(repeated, values, '/metadata/component/modelCard/properties')
  return Object.fromEntries(stated.map(({ name, value, dataType }) => [name, readParameter(value, dataType)]))
}

function readParameter(value: string, dataType: 'string' | 'number' | 'boolean'): ParameterValue {
  const typed = dataType === 'string' ? value : dataType === 'number' ? Number(value) : value === 'true'
  // One spelling per value: `1e1`, ` 1` and `TRUE` are none of ours.
  if (String(typed) !== value) throw contradiction('/formulation/0/workflows/0/inputs', `a ${dataType}`, value)
  return typed
}

/** The submitter's words, held against what was made of them in CycloneDX's own places. */
function readMetadata({ metadata: { component } }: AibomShape): AibomClaims['metadata'] {
  const metadata = propertiesUnder(component.modelCard, PROPERTY_PREFIXES.metadata)
  const places = placeMetadata(metadata, readProperty(component, PROPERTY_NAMES.artifactName))
  const path = '/metadata/component'
  assertSame(component.name, places.name, `${path}/name`)
  assertSame(component.version, places.version, `${path}/version`)
  assertSame(component.description, places.description, `${path}/description`)
  assertSame(component.authors, places.authors, `${path}/authors`)
  assertSame(component.modelCard.considerations, places.considerations, `${path}/modelCard/considerations`)
  assertSame(component.licenses ?? [], licensesToJson(metadata.license_name ?? ''), `${path}/licenses`)
  assertSame(component.pedigree.notes, metadata.base_model_source || undefined, `${path}/pedigree/notes`)
  return metadata
}

function readCommand(workflow: WorkflowShape): readonly string[] {
  const path = '/formulation/0/workflows/0/steps'
  const command = readStringList(readProperty(workflow, PROPERTY_NAMES.command))
  const step = exactlyOne(workflow.steps, path)
  assertSame(exactlyOne(step.commands, path).executed, command.join(' '), path)
  return command
}

function readVulnerabilities(shape: AibomShape): VulnerabilityFacts {
  const { metadata } = shape
  const documents = readEvidence(shape, EVIDENCE_COMMENTS.vulnerabilities)
  const state = readProperty(metadata, PROPERTY_NAMES.vulnerabilityState)
  const reason = readOptionalProperty(metadata, PROPERTY_NAMES.vulnerabilityReason)
  switch (state) {
    case 'not scanned':
      if (documents.length > 0) throw contradiction('/externalReferences', 'no findings without a scan', 'a document')
      if (reason === undefined) return { state }
      if (!isReason(reason)) throw contradiction('/metadata/properties', 'a reason on one line, not too long', reason)
      return { state, reason }
    case 'scanned': {
      if (reason !== undefined) throw contradiction('/metadata/properties', 'no reason beside a scan', reason)
      const counts = Object.entries(propertiesUnder(metadata, PROPERTY_PREFIXES.vulnerabilityCount))
      return {
        state,
        document: exactlyOne(documents, EVIDENCE_COMMENTS.vulnerabilities),
        scanner: readProperty(metadata, PROPERTY_NAMES.vulnerabilityScanner),
        scannedAt: parseTimestamp(readProperty(metadata, PROPERTY_NAMES.vulnerabilityScannedAt)),
        counts: Object.fromEntries(counts.map(([severity, value]) => [severity, readCount(value)])),
      }
    }
    default:
      throw contradiction('/metadata/properties', 'scanned or not scanned', state)
  }
}

function readWithheld(value: string): Withholdable {
  if (value !== 'statistics') throw contradiction('/metadata/properties', 'something that can be withheld', value)
  return value
}
