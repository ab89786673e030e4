/** The CycloneDX library's models, with what it has no model for. @module */

import { Enums, Models } from '#cyclonedx-library'
import { ParseError, type JsonObject, type Timestamp } from '@aibomgen/core'

import { sortProperties, type BomProperty } from '../property-names.ts'
import { HASH_DIGITS } from './hash-digits.ts'

/** Members of a component that the library has no model for, in their JSON form. */
export interface ComponentExtension {
  readonly authors?: readonly JsonObject[]
  readonly modelCard?: JsonObject
  readonly data?: readonly JsonObject[]
  readonly ancestors?: readonly AibomComponent[]
  readonly pedigreeNotes?: string
}

/** What `createComponent` takes beside type and name; all of it checked there. */
export interface ComponentOptions extends ComponentExtension {
  readonly bomRef: string
  readonly version?: string
  readonly description?: string
  readonly hashes?: readonly BomHash[]
  readonly licenses?: readonly Models.License[]
  readonly purl?: string
  readonly properties?: readonly BomProperty[]
}

/** A digest as CycloneDX writes it. */
export interface BomHash {
  readonly alg: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'
  readonly content: string
}

/** A component with model card, data, ancestors and authors. */
export class AibomComponent extends Models.Component {
  readonly extension: ComponentExtension

  constructor(
    type: Enums.ComponentType,
    name: string,
    options: Models.OptionalComponentProperties,
    extension: ComponentExtension,
  ) {
    super(type, name, options)
    this.extension = extension
  }
}

/** Metadata with a manufacturer, and with the timestamp as it was given. */
export class AibomMetadata extends Models.Metadata {
  manufacturer?: Models.OrganizationalEntity
  madeAt?: Timestamp
}

/** One entry of the dependency graph. */
export interface DependencyEntry {
  readonly ref: string
  readonly dependsOn: readonly string[]
}

/** A BOM with an explicit dependency graph, external references, compositions and formulation. */
export class AibomBom extends Models.Bom {
  externalReferences: Models.ExternalReferenceRepository = new Models.ExternalReferenceRepository()
  dependencies: readonly DependencyEntry[] = []
  compositions: readonly JsonObject[] = []
  formulation: readonly JsonObject[] = []
}

/**
 * A component in which nothing will be dropped: the library leaves out what it does not like, without a word.
 *
 * @throws ParseError `DOCUMENT_INVALID` for an empty bom-ref, a hash of the wrong length, a purl that is none
 */
export function createComponent(type: Enums.ComponentType, name: string, options: ComponentOptions): AibomComponent {
  const { bomRef, version, description, hashes = [], licenses = [], purl, properties = [], ...extension } = options
  if (purl !== undefined && !/^pkg:[A-Za-z][A-Za-z0-9.+-]*\/[^\s]+$/.test(purl)) throw unfit(bomRef, 'a purl', purl)
  return new AibomComponent(
    type,
    name,
    {
      bomRef,
      ...(version ? { version } : {}),
      ...(description ? { description } : {}),
      ...(purl === undefined ? {} : { purl }),
      hashes: createHashes(hashes, bomRef),
      licenses: new Models.LicenseRepository(licenses),
      properties: createProperties(properties),
    },
    extension,
  )
}

/**
 * The hashes, each of the length of its algorithm, one per algorithm. `owner` is named in the error.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function createHashes(hashes: readonly BomHash[], owner: string): Models.HashDictionary {
  const dictionary = new Models.HashDictionary()
  for (const { alg, content } of hashes) {
    const digits = HASH_DIGITS.get(alg)
    if (!/^[0-9a-f]+$/.test(content) || content.length !== digits) {
      throw unfit(owner, `${digits} lower-case hex digits of ${alg}`, content)
    }
    const algorithm = Enums.HashAlgorithm[alg]
    if (dictionary.has(algorithm)) throw unfit(owner, `one ${alg}`, 'two')
    dictionary.set(algorithm, content)
  }
  return dictionary
}

/** The properties, sorted by name. */
export function createProperties(properties: readonly BomProperty[]): Models.PropertyRepository {
  return new Models.PropertyRepository(
    sortProperties(properties).map(({ name, value }) => new Models.Property(name, value)),
  )
}

/** The error of a fact that no AIBoM can hold. */
export function unfit(path: string, expected: string, got: string): ParseError<'DOCUMENT_INVALID'> {
  const shown = JSON.stringify(got.length > 64 ? `${got.slice(0, 64)}…` : got)
  return new ParseError('DOCUMENT_INVALID', `training facts: ${path}: expected ${expected}, got ${shown}`, {
    document: 'training facts',
    problems: [{ path, expected, got: shown }],
  })
}
