/** The link: signed record of what one step read, ran and wrote. @module */

import {
  parseArtifactName,
  ParseError,
  parseWith,
  type ArtifactDescriptor,
  type ExactJsonObject,
  type JsonObject,
} from '@aibomgen/core'
import * as z from 'zod'

import { parseArtifactMap, serializeArtifactMap, type ArtifactMap } from './artifact-map.ts'
import { canonicalizeOlpc } from './olpc-canonical-json.ts'
import { isPlainObject, openObject, type ModelOptions } from './signed-model.ts'

/** What one functionary says about one step. */
export interface Link {
  readonly _type: 'link'
  /** Name of the step. */
  readonly name: string
  /** The argv that ran; empty where no process did. */
  readonly command: readonly string[]
  readonly materials: ArtifactMap
  readonly products: ArtifactMap
  /** Open: `return-value`, `stdout`, `stderr` and whatever the functionary adds. No floats. */
  readonly byproducts: ExactJsonObject
  /** Open, mostly empty. No floats. */
  readonly environment: ExactJsonObject
}

/** An artifact to record. */
export type RecordedArtifact = Pick<ArtifactDescriptor, 'name' | 'sha256'>

/** What `createLink` makes a link of. Members that are left out are empty. */
export interface LinkFacts {
  readonly name: string
  readonly command?: readonly string[]
  readonly materials?: readonly RecordedArtifact[]
  readonly products?: readonly RecordedArtifact[]
  readonly byproducts?: JsonObject
  readonly environment?: JsonObject
}

const linkSchema = z.strictObject({
  _type: z.literal('link'),
  name: z.string().min(1),
  command: z.array(z.string()),
  materials: z.unknown(),
  products: z.unknown(),
  byproducts: openObject,
  environment: openObject,
})
const lenientSchema = linkSchema.strip()

/**
 * The link that `value` is: JSON parsed with exact numbers.
 *
 * Artifact names are normal paths and nothing has a second spelling; see `parseArtifactMap`.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `NOT_CANONICALIZABLE`
 * @see in-toto specification 1.0, section 4.4
 */
export function parseLink(value: unknown, { unknownMembers = 'refuse', document = 'link' }: ModelOptions = {}): Link {
  const withDefaults = isPlainObject(value) ? withLinkDefaults(value) : value
  const parsed = parseWith(unknownMembers === 'refuse' ? linkSchema : lenientSchema, withDefaults, document)
  const link: Link = {
    ...parsed,
    materials: parseArtifactMap(parsed.materials, { document, member: 'materials' }),
    products: parseArtifactMap(parsed.products, { document, member: 'products' }),
  }
  // DSSE would carry a float or a lone surrogate; in-toto's data model has neither.
  canonicalizeOlpc({ byproducts: link.byproducts, environment: link.environment })
  return link
}

/**
 * The object of a link, its absent members empty. That is how the reference implementation reads a link, and what it
 * takes a Metablock's signatures to cover.
 */
export function withLinkDefaults(signed: ExactJsonObject): ExactJsonObject {
  return { command: [], materials: {}, products: {}, byproducts: {}, environment: {}, ...signed }
}

/** The link as the object that is signed: the model's members and no other. */
export function serializeLink(link: Link): ExactJsonObject {
  return {
    _type: link._type,
    name: link.name,
    command: link.command,
    materials: serializeArtifactMap(link.materials),
    products: serializeArtifactMap(link.products),
    byproducts: link.byproducts,
    environment: link.environment,
  }
}

/**
 * A link of these facts. Its artifact names are held to more than those of strangers: `parseArtifactName`.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `ENCODING_INVALID`, `NOT_CANONICALIZABLE`
 */
export function createLink({ materials = [], products = [], ...facts }: LinkFacts): Link {
  const document = `link "${facts.name}"`
  const artifacts = { materials: toRecord(materials, document), products: toRecord(products, document) }
  return parseLink({ _type: 'link', ...facts, ...artifacts }, { document })
}

function toRecord(artifacts: readonly RecordedArtifact[], document: string): ExactJsonObject {
  const names = new Set<string>()
  for (const { name } of artifacts) {
    if (names.has(parseArtifactName(name))) {
      const problem = { path: name, expected: 'every artifact once', got: 'a second one' }
      throw new ParseError('DOCUMENT_INVALID', `${document}: artifact ${JSON.stringify(name)} stands there twice`, {
        document,
        problems: [problem],
      })
    }
    names.add(name)
  }
  return Object.fromEntries(artifacts.map(({ name, sha256 }) => [name, { sha256 }]))
}
