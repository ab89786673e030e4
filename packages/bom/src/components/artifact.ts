/** Components for the files that a run was given and made. @module */

import { Enums } from '#cyclonedx-library'
import type { ArtifactDescriptor } from '@aibomgen/core'

import {
  createComponent,
  unfit,
  type AibomComponent,
  type BomHash,
  type ComponentOptions,
} from '../cyclonedx/models.ts'
import { property, PROPERTY_NAMES, type BomProperty } from '../property-names.ts'
import type { InputArtifact } from '../training-facts.ts'

/** A file by its digest: nothing is said about what it holds. */
export function buildFile(bomRef: string, artifact: InputArtifact): AibomComponent {
  return buildArtifact(Enums.ComponentType.File, bomRef, artifact)
}

/**
 * A component for `artifact`, named as its submitter named it, with its digest, and with name and size as properties.
 *
 * @throws ParseError `DOCUMENT_INVALID` for a size that is none, a digest that is none
 */
export function buildArtifact(
  type: Enums.ComponentType,
  bomRef: string,
  artifact: InputArtifact,
  options: Partial<ComponentOptions> & { readonly name?: string } = {},
): AibomComponent {
  const { name = artifact.submittedName ?? artifact.name, hashes = [], properties = [], ...others } = options
  return createComponent(type, name, {
    ...others,
    bomRef,
    hashes: [sha256(artifact), ...hashes],
    properties: [...artifactProperties(bomRef, artifact), ...properties],
  })
}

function sha256({ sha256 }: ArtifactDescriptor): BomHash {
  return { alg: 'SHA-256', content: sha256 }
}

function artifactProperties(bomRef: string, { name, sizeBytes, submittedName }: InputArtifact): readonly BomProperty[] {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw unfit(bomRef, 'a size in bytes', String(sizeBytes))
  return [
    property(PROPERTY_NAMES.artifactName, name),
    property(PROPERTY_NAMES.artifactSizeBytes, sizeBytes),
    ...(submittedName === undefined ? [] : [property(PROPERTY_NAMES.submittedName, submittedName)]),
  ]
}
