/** What a submitter may say about a model. @module */

import { parseWith } from '@aibomgen/core'
import * as z from 'zod'

/** The names under which something may be said, beside `framework`. All of them are free text. */
export const METADATA_NAMES = [
  'model_name',
  'model_version',
  'model_description',
  'author',
  'model_type',
  'base_model',
  'base_model_source',
  'intended_use',
  'out_of_scope',
  'misuse_or_malicious',
  'license_name',
] as const
/** A name under which something may be said. */
export type MetadataName = (typeof METADATA_NAMES)[number]

/** The framework that trains. */
export const FRAMEWORK = 'TensorFlow.js'

/** What was said, and the framework that really trains. (A type, to pass as a record.) */
export type ModelMetadata = { readonly [Name in MetadataName]?: string } & { readonly framework: typeof FRAMEWORK }

const MAX_CHARACTERS = 16_384

const text = z
  .string()
  .max(MAX_CHARACTERS, { error: `at most ${MAX_CHARACTERS} characters` })
  .refine((value) => value.isWellFormed(), { error: 'well-formed Unicode' })

const metadataSchema = z.strictObject({
  ...Object.fromEntries(METADATA_NAMES.map((name) => [name, text.exactOptional()])),
  // The name that the Python original knew is an alias: what really ran is what is recorded.
  framework: z
    .enum([FRAMEWORK, 'TensorFlow 2.16.1'])
    .default(FRAMEWORK)
    .transform(() => FRAMEWORK),
}) as z.ZodType<ModelMetadata, unknown>

/**
 * The metadata in `given`. An empty text or `undefined` counts as not said, as forms send it; every text holds at most
 * 16 384 characters.
 *
 * @throws ParseError `DOCUMENT_INVALID`, naming every member that is wrong or unknown
 */
export function parseModelMetadata(given: Readonly<Record<string, unknown>>): ModelMetadata {
  const said = Object.entries(given).filter(([, value]) => value !== undefined && value !== '')
  return parseWith(metadataSchema, Object.fromEntries(said), 'model metadata')
}
