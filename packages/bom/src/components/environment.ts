/** Components for the place of a run: operating system, devices, container, trainer and its packages. @module */

import { Enums } from '#cyclonedx-library'

import { BOM_REFS, gpuRef, packageRef } from '../bom-ref.ts'
import { createComponent, unfit, type AibomComponent, type BomHash } from '../cyclonedx/models.ts'
import { parseIntegrity } from '../cyclonedx/subresource-integrity.ts'
import type {
  BackendFacts,
  ContainerFacts,
  CpuFacts,
  EnvironmentFacts,
  GpuFacts,
  OperatingSystemFacts,
  PackageFacts,
  TrainerFacts,
} from '../environment-facts.ts'
import { property, PROPERTY_PREFIXES } from '../property-names.ts'
import { spellJson } from './embedded-json.ts'
import { observationProperty, observedValues } from './observations.ts'

/**
 * A component for everything in the environment that was observed. What was not is said by the properties of the
 * formulation.
 *
 * @throws ParseError `DOCUMENT_INVALID` for an image digest or a package that is none
 */
export function buildEnvironment(environment: EnvironmentFacts): readonly AibomComponent[] {
  const frameworks = new Set(observedValues(environment.backend).flatMap(({ versions }) => Object.keys(versions)))
  return [
    ...observedValues(environment.operatingSystem).map(buildOperatingSystem),
    ...observedValues(environment.node).map(buildNode),
    ...observedValues(environment.cpu).map(buildCpu),
    ...observedValues(environment.gpus).flatMap((gpus) => gpus.map(buildGpu)),
    ...observedValues(environment.container).map(buildContainer),
    ...observedValues(environment.trainer).map(buildTrainer),
    ...observedValues(environment.packages)
      .flatMap((packages) => packages)
      .map((facts) => buildPackage(facts, frameworks)),
  ]
}

function buildOperatingSystem({ name, platform, kernel }: OperatingSystemFacts): AibomComponent {
  const [ownName = platform] = observedValues(name)
  return createComponent(Enums.ComponentType.OperatingSystem, ownName, {
    bomRef: BOM_REFS.operatingSystem,
    properties: [
      property(`${PROPERTY_PREFIXES.environment}operating-system:platform`, platform),
      property(`${PROPERTY_PREFIXES.environment}operating-system:kernel`, kernel),
      observationProperty('operating-system:name', name),
    ],
  })
}

function buildNode(version: string): AibomComponent {
  return createComponent(Enums.ComponentType.Platform, 'Node.js', { bomRef: BOM_REFS.node, version })
}

function buildCpu({ model, architecture, logicalCores, instructionSets }: CpuFacts): AibomComponent {
  const [name = architecture] = observedValues(model)
  return createComponent(Enums.ComponentType.Device, name, {
    bomRef: BOM_REFS.cpu,
    properties: [
      property(`${PROPERTY_PREFIXES.environment}cpu:architecture`, architecture),
      property(`${PROPERTY_PREFIXES.environment}cpu:logical-cores`, logicalCores),
      observationProperty('cpu:model', model),
      observationProperty('cpu:instruction-sets', instructionSets, (sets) => sets.join(' ')),
    ],
  })
}

function buildGpu({ name, memoryBytes, driver, cuda }: GpuFacts, index: number): AibomComponent {
  return createComponent(Enums.ComponentType.Device, name, {
    bomRef: gpuRef(index),
    properties: [
      observationProperty('gpu:memory-bytes', memoryBytes),
      observationProperty('gpu:driver', driver),
      observationProperty('gpu:cuda', cuda),
    ],
  })
}

function buildContainer({ engine, imageDigest }: ContainerFacts): AibomComponent {
  return createComponent(Enums.ComponentType.Container, 'container image', {
    bomRef: BOM_REFS.container,
    hashes: observedValues(imageDigest).map(imageHash),
    properties: [
      observationProperty('container:engine', engine),
      observationProperty('container:image-digest', imageDigest),
    ],
  })
}

function imageHash(digest: string): BomHash {
  const [, content] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? []
  if (content === undefined) throw unfit('environment.container.imageDigest', 'sha256: and 64 hex digits', digest)
  return { alg: 'SHA-256', content }
}

function buildTrainer({ name, version, checkout }: TrainerFacts): AibomComponent {
  return createComponent(Enums.ComponentType.Application, name, {
    bomRef: BOM_REFS.trainer,
    version,
    properties: [
      observationProperty('trainer:commit', checkout, ({ commit }) => commit),
      ...observedValues(checkout).map(({ modified }) =>
        property(`${PROPERTY_PREFIXES.environment}trainer:modified`, modified),
      ),
    ],
  })
}

function buildPackage(
  { name, version, purl, integrity }: PackageFacts,
  frameworks: ReadonlySet<string>,
): AibomComponent {
  const type = frameworks.has(name) ? Enums.ComponentType.Framework : Enums.ComponentType.Library
  return createComponent(type, name, {
    bomRef: packageRef(purl),
    version,
    purl,
    hashes: observedValues(integrity).flatMap((text) => parseIntegrity(text, purl)),
    properties: integrity.status === 'observed' ? [] : [observationProperty('package:integrity', integrity)],
  })
}

/** The engine in one line of properties: what it is, and what it ran on. */
export function describeBackend({ name, devices, versions }: BackendFacts): string {
  return spellJson({ name, devices, versions })
}
