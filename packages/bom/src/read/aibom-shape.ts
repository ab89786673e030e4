/** The parts of a CycloneDX document in which an AIBoM makes its claims. @module */

import { parseTimestamp, parseWith, type JsonObject, type JsonValue, type Timestamp } from '@aibomgen/core'
import * as z from 'zod'

import type { BomProperty } from '../property-names.ts'
import { SPEC_VERSIONS, type SpecVersion } from '../validate.ts'

/** Something that has properties. */
export interface PropertyOwner {
  readonly properties: readonly BomProperty[]
}

/** A digest, as the document spells it. */
export interface HashShape {
  readonly alg: string
  readonly content: string
}

/** A component with its hashes and properties. */
export interface ComponentShape extends PropertyOwner {
  readonly 'bom-ref'?: string
  readonly name: string
  readonly hashes: readonly HashShape[]
}

/** The component that the document is about. */
export interface TrainedModelShape extends ComponentShape {
  readonly version?: string
  readonly description?: string
  readonly authors?: JsonValue
  readonly licenses?: JsonValue
  readonly pedigree: { readonly ancestors: readonly ComponentShape[]; readonly notes?: string }
  readonly modelCard: PropertyOwner & { readonly considerations?: JsonValue }
}

/** A workflow parameter with its type. */
export interface ParameterShape {
  readonly name: string
  readonly value: string
  readonly dataType: 'string' | 'number' | 'boolean'
}

/** The workflow of a training run. */
export interface WorkflowShape extends PropertyOwner {
  readonly uid: string
  readonly timeStart: Timestamp
  readonly timeEnd: Timestamp
  readonly steps: readonly { readonly commands: readonly { readonly executed: string }[] }[]
  readonly inputs: readonly { readonly parameters?: readonly ParameterShape[] }[]
}

/** A reference to a file beside the document. */
export interface ReferenceShape {
  readonly url: string
  readonly comment?: string
  readonly hashes: readonly HashShape[]
}

/** A document with everything that an AIBoM must have, where it must be. */
export interface AibomShape {
  readonly specVersion: SpecVersion
  readonly serialNumber: string
  readonly metadata: PropertyOwner & { readonly timestamp: Timestamp; readonly component: TrainedModelShape }
  readonly components: readonly ComponentShape[]
  readonly externalReferences: readonly ReferenceShape[]
  readonly formulation: readonly { readonly workflows: readonly WorkflowShape[] }[]
}

const timestamp = z.string().transform((text) => parseTimestamp(text))
const properties = z.array(z.looseObject({ name: z.string(), value: z.string() })).default([])
const hashes = z.array(z.looseObject({ alg: z.string(), content: z.string() })).default([])
const json = z.json()

const component = z.looseObject({ 'bom-ref': z.string().exactOptional(), name: z.string(), hashes, properties })

const trainedModel = z.looseObject({
  ...component.shape,
  version: z.string().exactOptional(),
  description: z.string().exactOptional(),
  authors: json.exactOptional(),
  licenses: json.exactOptional(),
  pedigree: z.looseObject({ ancestors: z.array(component), notes: z.string().exactOptional() }),
  modelCard: z.looseObject({ considerations: json.exactOptional(), properties }),
})

const workflow = z.looseObject({
  uid: z.string(),
  timeStart: timestamp,
  timeEnd: timestamp,
  steps: z.array(z.looseObject({ commands: z.array(z.looseObject({ executed: z.string() })) })),
  inputs: z.array(
    z.looseObject({
      parameters: z
        .array(
          z.looseObject({ name: z.string(), value: z.string(), dataType: z.enum(['string', 'number', 'boolean']) }),
        )
        .exactOptional(),
    }),
  ),
  properties,
})

const aibom: z.ZodType<AibomShape, unknown> = z.looseObject({
  specVersion: z.enum(SPEC_VERSIONS),
  serialNumber: z.string(),
  metadata: z.looseObject({ timestamp, component: trainedModel, properties }),
  components: z.array(component),
  externalReferences: z.array(z.looseObject({ url: z.string(), comment: z.string().exactOptional(), hashes })),
  formulation: z.array(z.looseObject({ workflows: z.array(workflow) })),
})

/**
 * `bom`, if it has the shape of an AIBoM.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`
 */
export function parseAibomShape(bom: JsonObject): AibomShape {
  return parseWith(aibom, bom, 'AIBoM')
}
