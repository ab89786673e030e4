/** From the facts of a training run to its AIBoM. @module */

import { Enums, Models, Spec } from '#cyclonedx-library'
import {
  canonicalizeJson,
  describeProblems,
  isReason,
  parseArtifactName,
  ParseError,
  parseTimestamp,
  sha256Hex,
  type ArtifactDescriptor,
  type JsonObject,
} from '@aibomgen/core'

import { BOM_REFS } from './bom-ref.ts'
import { buildFile } from './components/artifact.ts'
import { buildDataset, buildDefinition } from './components/dataset.ts'
import { buildEnvironment } from './components/environment.ts'
import { buildEvidence } from './components/evidence.ts'
import { buildModel } from './components/model.ts'
import {
  AibomBom,
  AibomMetadata,
  createComponent,
  createProperties,
  unfit,
  type AibomComponent,
} from './cyclonedx/models.ts'
import { normalizeBom } from './cyclonedx/normalize.ts'
import { findRepeatedName } from './file-names.ts'
import { buildFormulation } from './formulation.ts'
import { lintBom } from './lint.ts'
import { orderFacts } from './order-facts.ts'
import { propertiesOf, property, PROPERTY_NAMES, PROPERTY_PREFIXES, type BomProperty } from './property-names.ts'
import type { Manufacturer, TrainingFacts, VulnerabilityFacts } from './training-facts.ts'
import { validateBom, type SpecVersion } from './validate.ts'

/** An AIBoM: a CycloneDX document about one trained model. */
export interface Aibom extends JsonObject {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: SpecVersion
  readonly serialNumber: string
}

/** What an AIBoM may be asked to be. */
export interface BuildOptions {
  readonly specVersion: SpecVersion
  /** `urn:uuid:` and a UUID; drawn from the facts unless given. */
  readonly serialNumber?: string
}

/**
 * The AIBoM of a training run. A pure function: the same facts give the same document, in whatever order lists without
 * an order of their own came. Nothing is left out silently: a fact that CycloneDX cannot hold is refused.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `NOT_CANONICALIZABLE`, `TIMESTAMP_INVALID`, `ENCODING_INVALID`
 */
export function buildAibom(unorderedFacts: TrainingFacts, options: BuildOptions): Aibom {
  const facts = orderFacts(unorderedFacts)
  checkFacts(facts)
  const environment = buildEnvironment(facts.environment)
  const environmentRefs = environment.map(refOf)
  const model = buildModel(facts)
  const files = buildFiles(facts)

  const serialNumber = options.serialNumber ?? deriveSerialNumber(facts, options.specVersion)
  const bom = new AibomBom({
    serialNumber,
    metadata: buildMetadata(facts, model),
    components: new Models.ComponentRepository(sortByRef([...files, ...environment])),
  })
  bom.externalReferences = buildEvidence(facts)
  bom.dependencies = buildDependencies()
  bom.compositions = buildCompositions(facts, environmentRefs)
  bom.formulation = [buildFormulation(facts, environmentRefs.toSorted())]

  const document = normalizeBom(bom, options.specVersion === '1.6' ? Spec.Spec1dot6 : Spec.Spec1dot7) as Aibom
  if (document.serialNumber !== serialNumber) throw unfit('serialNumber', 'urn:uuid: and a UUID', serialNumber)
  checkDocument(document)
  return document
}

/** What no later step would notice. */
function checkFacts(facts: TrainingFacts): void {
  // Finds what is no JSON, wherever it is: NaN, lone surrogates, dates.
  canonicalizeJson(facts)
  for (const field of ['submittedAt', 'startedAt', 'endedAt', 'timestamp'] as const) parseTimestamp(facts[field])
  const artifacts = { ...facts.inputs, ...facts.outputs, ...facts.byproducts }
  for (const { name } of Object.values<ArtifactDescriptor>(artifacts)) parseArtifactName(name)
  const repeated = findRepeatedName(facts)
  if (repeated !== undefined) throw unfit('files', 'each name once', repeated)
}

/** What the library would have dropped or changed, and what the official schema refuses. */
function checkDocument(document: Aibom): void {
  const invalid = validateBom(document)
  const wrong = lintBom(document).filter(({ severity }) => severity === 'error')
  const problems = [...invalid, ...wrong.map(({ path, expected, got }) => ({ path, expected, got }))]
  if (problems.length === 0) return
  const detail = { document: 'AIBoM', problems }
  throw new ParseError('DOCUMENT_INVALID', describeProblems(detail), detail)
}

/** A UUID (version 8, RFC 9562) that says the same of the same facts. */
function deriveSerialNumber(facts: TrainingFacts, specVersion: SpecVersion): string {
  const hex = sha256Hex(canonicalizeJson({ specVersion, facts }))
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4]
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`]
  return `urn:uuid:${groups.join('-')}-${hex.slice(20, 32)}`
}

function buildMetadata(facts: TrainingFacts, model: AibomComponent): AibomMetadata {
  const tool = createComponent(Enums.ComponentType.Application, 'aibomgen', {
    bomRef: BOM_REFS.tool,
    version: facts.toolVersion,
  })
  const metadata = new AibomMetadata({
    lifecycles: new Models.LifecycleRepository([Enums.LifecyclePhase.Build]),
    tools: new Models.Tools({ components: new Models.ComponentRepository([tool]) }),
    component: model,
    properties: createProperties([
      property(PROPERTY_NAMES.jobId, facts.jobId),
      property(PROPERTY_NAMES.submittedAt, facts.submittedAt),
      ...facts.withheld.map((what) => property(PROPERTY_NAMES.withheld, what)),
      ...describeVulnerabilities(facts.vulnerabilities),
    ]),
  })
  metadata.madeAt = facts.timestamp
  metadata.manufacturer = buildManufacturer(facts.manufacturer)
  return metadata
}

function buildManufacturer({ name, url }: Manufacturer): Models.OrganizationalEntity {
  if (name === '') throw unfit('manufacturer.name', 'a name', name)
  // The library would escape these characters, or leave the address out.
  if (url !== undefined && !/^https?:\/\/[^\s"'<>[\]{}]+$/.test(url))
    throw unfit('manufacturer.url', 'a web address', url)
  return new Models.OrganizationalEntity({ name, ...(url === undefined ? {} : { url: new Set([url]) }) })
}

function describeVulnerabilities(facts: VulnerabilityFacts): readonly BomProperty[] {
  const state = property(PROPERTY_NAMES.vulnerabilityState, facts.state)
  if (facts.state === 'not scanned') {
    const { reason } = facts
    if (reason === undefined) return [state]
    if (!isReason(reason)) throw unfit('vulnerabilities.reason', 'one line that is not too long', reason)
    return [state, property(PROPERTY_NAMES.vulnerabilityReason, reason)]
  }
  return [
    state,
    property(PROPERTY_NAMES.vulnerabilityScanner, facts.scanner),
    property(PROPERTY_NAMES.vulnerabilityScannedAt, parseTimestamp(facts.scannedAt)),
    ...propertiesOf(PROPERTY_PREFIXES.vulnerabilityCount, facts.counts),
  ]
}

/** The files of the run, all but the two models. */
function buildFiles(facts: TrainingFacts): readonly AibomComponent[] {
  const { inputs, outputs, byproducts } = facts
  return [
    buildFile(BOM_REFS.inputs.job, inputs.job),
    buildDataset(facts),
    buildDefinition(facts),
    buildFile(BOM_REFS.outputs.metrics, outputs.metrics),
    buildFile(BOM_REFS.outputs.modelSummary, outputs.modelSummary),
    buildFile(BOM_REFS.outputs.preprocessing, outputs.preprocessing),
    buildFile(BOM_REFS.outputs.datasetManifest, outputs.datasetManifest),
    buildFile(BOM_REFS.byproducts.logs, byproducts.logs),
    buildFile(BOM_REFS.byproducts.environment, byproducts.environment),
  ]
}

/** What the trained model was made from. Of everything else nothing is known, and an empty entry would claim to know. */
function buildDependencies(): AibomBom['dependencies'] {
  const { inputs, outputs } = BOM_REFS
  return [{ ref: outputs.trainedModel, dependsOn: [inputs.dataset, inputs.definition, inputs.job, inputs.model] }]
}

/** All that went into the model is listed; the list of the environment ends at what could be observed. */
function buildCompositions({ environment }: TrainingFacts, environmentRefs: readonly string[]): readonly JsonObject[] {
  return [
    { aggregate: 'complete', dependencies: [BOM_REFS.outputs.trainedModel] },
    ...(environmentRefs.length > 0
      ? [
          {
            aggregate: environment.packages.status === 'observed' ? 'incomplete' : 'unknown',
            assemblies: environmentRefs.toSorted(),
          },
        ]
      : []),
  ]
}

function sortByRef(components: readonly AibomComponent[]): readonly AibomComponent[] {
  return components.toSorted((a, b) => (refOf(a) < refOf(b) ? -1 : 1))
}

function refOf(component: AibomComponent): string {
  return component.bomRef.value ?? ''
}
