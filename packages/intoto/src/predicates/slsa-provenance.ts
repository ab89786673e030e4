/** SLSA provenance v1: how artifacts came to be, as a Statement's predicate. @module */

import { parseWith, type JsonObject } from '@aibomgen/core'
import * as z from 'zod'

import { resourceDescriptorSchema, type ResourceDescriptor, type Subject } from '../resource-descriptor.ts'
import { openObject } from '../signed-model.ts'
import { buildStatement, parsePredicate, type Statement } from '../statement.ts'

/** `predicateType` of SLSA provenance v1. */
export const SLSA_PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1'

/** What went into a build. */
export interface BuildDefinition {
  /** URI that says what the parameters mean. */
  readonly buildType: string
  /** What came from outside the builder, whole. */
  readonly externalParameters: JsonObject
  /** What the builder set itself. */
  readonly internalParameters?: JsonObject | undefined
  readonly resolvedDependencies?: readonly ResourceDescriptor[] | undefined
}

/** The run that did the build. */
export interface RunDetails {
  readonly builder: { readonly id: string }
  readonly metadata?:
    | {
        readonly invocationId?: string | undefined
        /** RFC 3339. */
        readonly startedOn?: string | undefined
        /** RFC 3339. */
        readonly finishedOn?: string | undefined
      }
    | undefined
  readonly byproducts?: readonly ResourceDescriptor[] | undefined
}

/** The predicate. */
export interface SlsaProvenance {
  readonly buildDefinition: BuildDefinition
  readonly runDetails: RunDetails
}

const jsonObject = openObject.transform((object) => object as JsonObject)
const provenanceSchema = z.object({
  buildDefinition: z.object({
    buildType: z.string().min(1),
    externalParameters: jsonObject,
    internalParameters: jsonObject.optional(),
    resolvedDependencies: z.array(resourceDescriptorSchema).optional(),
  }),
  runDetails: z.object({
    builder: z.object({ id: z.string().min(1) }),
    metadata: z
      .object({
        invocationId: z.string().optional(),
        startedOn: z.iso.datetime({ offset: true }).optional(),
        finishedOn: z.iso.datetime({ offset: true }).optional(),
      })
      .optional(),
    byproducts: z.array(resourceDescriptorSchema).optional(),
  }),
})

/**
 * The Statement that `provenance` is about `subject`, ready for `signStatement`.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function buildProvenanceStatement(subject: readonly Subject[], provenance: SlsaProvenance): Statement {
  const predicate = parseWith(provenanceSchema, provenance, 'SLSA provenance')
  return buildStatement(subject, SLSA_PROVENANCE_TYPE, predicate)
}

/**
 * The provenance that a Statement carries. Nothing in it is more trustworthy than the Statement was.
 *
 * @throws ParseError `DOCUMENT_INVALID`, also for a Statement of another predicate type
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function parseSlsaProvenance(statement: Statement): SlsaProvenance {
  return parsePredicate(statement, SLSA_PROVENANCE_TYPE, { schema: provenanceSchema, document: 'SLSA provenance' })
}
