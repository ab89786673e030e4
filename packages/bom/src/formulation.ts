/** The formulation: how the model came to be, as a workflow. @module */

import type { JsonObject, ParameterValue } from '@aibomgen/core'

import { BOM_REFS } from './bom-ref.ts'
import { spellJson } from './components/embedded-json.ts'
import { describeBackend } from './components/environment.ts'
import { observationProperty } from './components/observations.ts'
import type { EnvironmentFacts, IsolationFacts } from './environment-facts.ts'
import { property, PROPERTY_NAMES, PROPERTY_PREFIXES, sortProperties, type BomProperty } from './property-names.ts'
import type { TrainingFacts } from './training-facts.ts'

/** The training run as the one workflow of one formula, members in the schema's order. `environmentRefs` say where it ran. */
export function buildFormulation(facts: TrainingFacts, environmentRefs: readonly string[]): JsonObject {
  return {
    'bom-ref': BOM_REFS.formula,
    workflows: [
      {
        'bom-ref': BOM_REFS.workflow,
        uid: facts.jobId,
        name: 'training',
        description: 'Trains the submitted model on the submitted data set',
        // The schema has no word for training; `build` is the step that makes the product.
        taskTypes: ['build'],
        steps: [{ name: 'train', commands: [{ executed: facts.command.join(' ') }] }],
        inputs: [
          ...Object.values(BOM_REFS.inputs).map((ref) => ({ resource: { ref } })),
          { parameters: spellParameters(facts.parameters) },
        ],
        outputs: [
          { type: 'artifact', resource: { ref: BOM_REFS.outputs.trainedModel } },
          { type: 'metrics', resource: { ref: BOM_REFS.outputs.metrics } },
          { type: 'other', resource: { ref: BOM_REFS.outputs.modelSummary } },
          { type: 'other', resource: { ref: BOM_REFS.outputs.preprocessing } },
          { type: 'other', resource: { ref: BOM_REFS.outputs.datasetManifest } },
          { type: 'log', resource: { ref: BOM_REFS.byproducts.logs } },
          { type: 'evidence', resource: { ref: BOM_REFS.byproducts.environment } },
        ],
        timeStart: facts.startedAt,
        timeEnd: facts.endedAt,
        ...(environmentRefs.length > 0 ? { runtimeTopology: environmentRefs.map((ref) => ({ ref })) } : {}),
        properties: describeRun(facts),
      },
    ],
  }
}

/** Training parameters with their types, so that they can be read back exactly. */
function spellParameters(parameters: Readonly<Record<string, ParameterValue>>): readonly JsonObject[] {
  return Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value: String(value), dataType: typeof value }))
}

function describeRun({ command, environment }: TrainingFacts): readonly BomProperty[] {
  return sortProperties([
    property(PROPERTY_NAMES.command, spellJson(command)),
    property(PROPERTY_NAMES.keySeparation, environment.keySeparation),
    ...describeEnvironment(environment),
    ...describeIsolation(environment.isolation),
  ])
}

/** Whether each thing was observed; and the values of what is no component. */
function describeEnvironment(environment: EnvironmentFacts): readonly BomProperty[] {
  const { memory, disk } = environment
  const seen = (): string => 'observed'
  return [
    observationProperty('operating-system', environment.operatingSystem, seen),
    observationProperty('node', environment.node),
    observationProperty('cpu', environment.cpu, seen),
    observationProperty('memory:total-bytes', memory, ({ totalBytes }) => totalBytes),
    ...(memory.status === 'observed' ? [observationProperty('memory:limit-bytes', memory.value.limitBytes)] : []),
    observationProperty('disk:total-bytes', disk, ({ totalBytes }) => totalBytes),
    ...(disk.status === 'observed'
      ? [observationProperty('disk:available-bytes', disk, ({ availableBytes }) => availableBytes)]
      : []),
    observationProperty('gpus', environment.gpus, (gpus) => gpus.length),
    observationProperty('container', environment.container, seen),
    observationProperty('trainer', environment.trainer, seen),
    observationProperty('packages', environment.packages, (packages) => packages.length),
    observationProperty('backend', environment.backend, describeBackend),
  ]
}

function describeIsolation({ name, keys, resources, image }: IsolationFacts): readonly BomProperty[] {
  return [
    property(`${PROPERTY_PREFIXES.isolation}name`, name),
    property(`${PROPERTY_PREFIXES.isolation}keys`, keys),
    ...(image === undefined ? [] : [property(`${PROPERTY_PREFIXES.isolation}image`, image)]),
    ...Object.entries(resources).map(([resource, enforcement]) =>
      property(
        `${PROPERTY_PREFIXES.isolation}resource:${resource}`,
        enforcement.status === 'enforced' ? `enforced: ${enforcement.by}` : `not enforced: ${enforcement.reason}`,
      ),
    ),
  ]
}
