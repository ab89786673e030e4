/** Where the submitter's words about a model go in CycloneDX, beside being kept word for word as properties. @module */

import type { JsonObject } from '@aibomgen/core'

// The schema's limit; a longer one stands among the properties only.
const MAX_VERSION_LENGTH = 1024

/** Places of CycloneDX's own for what was said; only for what was said. */
export interface MetadataPlaces {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly authors?: readonly JsonObject[]
  readonly considerations?: JsonObject
}

/** The places of `metadata`. `fallbackName` names a model that nobody named. Empty texts have no place. */
export function placeMetadata(metadata: Readonly<Record<string, string>>, fallbackName: string): MetadataPlaces {
  const said = (field: string): string => metadata[field] ?? ''
  const version = said('model_version').length > MAX_VERSION_LENGTH ? '' : said('model_version')
  const considerations = {
    ...listed('useCases', said('intended_use')),
    ...listed('technicalLimitations', said('out_of_scope')),
    ...(said('misuse_or_malicious') && { ethicalConsiderations: [{ name: said('misuse_or_malicious') }] }),
  }
  return {
    name: said('model_name') || fallbackName,
    ...(version && { version }),
    ...(said('model_description') && { description: said('model_description') }),
    ...(said('author') && { authors: [{ name: said('author') }] }),
    ...(Object.keys(considerations).length > 0 && { considerations }),
  }
}

function listed(member: string, text: string): JsonObject {
  return text === '' ? {} : { [member]: [text] }
}
