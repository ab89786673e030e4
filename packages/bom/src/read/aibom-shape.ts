/** The parts of a CycloneDX document in which an AIBoM makes its claims. @module */

import { parseTimestamp, parseWith, type JsonObject } from '@aibomgen/core'
import * as z from 'zod'

import { SPEC_VERSIONS } from '../validate.ts'

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

const aibom = z.looseObject({
  specVersion: z.enum(SPEC_VERSIONS),
  serialNumber: z.string(),
  metadata: z.looseObject({ timestamp, component: trainedModel, properties }),
  components: z.array(component),
  externalReferences: z.array(z.looseObject({ url: z.string(), comment: z.string().exactOptional(), hashes })),
  formulation: z.array(z.looseObject({ workflows: z.array(workflow) })),
})

/** A document with everything that an AIBoM must have, where it must be. */
export type AibomShape = z.output<typeof aibom>
/** A component with its hashes and properties. */
export type ComponentShape = z.output<typeof component>
/** The workflow of a training run. */
export type WorkflowShape = z.output<typeof workflow>

/**
 * `bom`, if it has the shape of an AIBoM.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`
 */
export function parseAibomShape(bom: JsonObject): AibomShape {
  return parseWith(aibom, bom, 'AIBoM')
}
