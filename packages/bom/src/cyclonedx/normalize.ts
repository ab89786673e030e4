/** From models to JSON: the library's normalizers, extended by what they leave out, members in the schema's order. @module */

import { Serialize, type Models } from '#cyclonedx-library'
import type { JsonObject } from '@aibomgen/core'

import { AibomBom, AibomComponent, AibomMetadata } from './models.ts'

type Options = Serialize.Types.NormalizerOptions
type BomJson = Serialize.JSON.Types.Normalized.Bom
type MetadataJson = Serialize.JSON.Types.Normalized.Metadata
type ComponentJson = Serialize.JSON.Types.Normalized.Component
type ExternalReferenceJson = Serialize.JSON.Types.Normalized.ExternalReference
// Members that we write, in the order of the official schema.
const BOM_MEMBERS =
  '$schema bomFormat specVersion serialNumber version metadata components externalReferences dependencies compositions formulation'
const METADATA_MEMBERS = 'timestamp lifecycles tools manufacturer component properties'
const COMPONENT_MEMBERS =
  'type bom-ref authors name version description hashes licenses purl pedigree externalReferences modelCard data properties'
const REFERENCE_MEMBERS = 'url comment type hashes'

/** The JSON form of `bom`. */
export function normalizeBom(bom: AibomBom, spec: Normalization['spec']): JsonObject {
  // Sorting is ours: the library sorts by locale.
  const normalized = new Normalization(spec).makeForBom().normalize(bom, { sortLists: false })
  return withoutUndefined(normalized) as JsonObject
}

class Normalization extends Serialize.JSON.Normalize.Factory {
  override makeForBom(): BomNormalizer {
    return new BomNormalizer(this)
  }
  override makeForMetadata(): MetadataNormalizer {
    return new MetadataNormalizer(this)
  }
  override makeForComponent(): ComponentNormalizer {
    return new ComponentNormalizer(this)
  }
  override makeForExternalReference(): ExternalReferenceNormalizer {
    return new ExternalReferenceNormalizer(this)
  }
}

class BomNormalizer extends Serialize.JSON.Normalize.BomNormalizer {
  override normalize(bom: Models.Bom, options: Options): BomJson {
    const normalized = super.normalize(bom, options)
    if (!(bom instanceof AibomBom)) return normalized
    return inOrder(BOM_MEMBERS, {
      ...normalized,
      externalReferences: this._factory.makeForExternalReference().normalizeIterable(bom.externalReferences, options),
      dependencies: bom.dependencies.map(({ ref, dependsOn }) => ({
        ref,
        ...(dependsOn.length > 0 ? { dependsOn: [...dependsOn] } : {}),
      })),
      compositions: bom.compositions,
      formulation: bom.formulation,
    })
  }
}

class MetadataNormalizer extends Serialize.JSON.Normalize.MetadataNormalizer {
  override normalize(metadata: Models.Metadata, options: Options): MetadataJson {
    const normalized = super.normalize(metadata, options)
    if (!(metadata instanceof AibomMetadata)) return normalized
    const entity = this._factory.makeForOrganizationalEntity()
    return inOrder(METADATA_MEMBERS, {
      ...normalized,
      timestamp: metadata.madeAt,
      manufacturer: metadata.manufacturer && entity.normalize(metadata.manufacturer, options),
    })
  }
}

class ComponentNormalizer extends Serialize.JSON.Normalize.ComponentNormalizer {
  override normalize(component: Models.Component, options: Options): ComponentJson | undefined {
    const normalized = super.normalize(component, options)
    if (normalized === undefined) throw new TypeError(`component type ${component.type} is not in this version`)
    if (!(component instanceof AibomComponent)) return normalized
    const { ancestors, pedigreeNotes, ...extension } = component.extension
    const pedigree = ancestors && {
      ancestors: ancestors.map((ancestor) => this.normalize(ancestor, options)),
      ...(pedigreeNotes ? { notes: pedigreeNotes } : {}),
    }
    return inOrder(COMPONENT_MEMBERS, { ...normalized, ...extension, pedigree })
  }
}

class ExternalReferenceNormalizer extends Serialize.JSON.Normalize.ExternalReferenceNormalizer {
  override normalize(reference: Models.ExternalReference, options: Options): ExternalReferenceJson | undefined {
    const normalized = super.normalize(reference, options)
    if (normalized?.url !== reference.url) {
      throw new TypeError(`an external reference would be changed: ${reference.url.toString()}`)
    }
    return inOrder(REFERENCE_MEMBERS, normalized)
  }
}

/** The library writes `undefined` where there is nothing, which is no JSON. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]))
}

/** `object` with its members in order; undefined ones left out, unexpected ones a mistake of ours. */
function inOrder<T>(members: string, object: object): T {
  const order = members.split(' ')
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  const stray = entries.find(([name]) => !order.includes(name))
  if (stray !== undefined) throw new TypeError(`no place for the member ${stray[0]}`)
  return Object.fromEntries(entries.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))) as T
}
