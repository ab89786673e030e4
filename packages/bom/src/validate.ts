/** Validation of a BOM against the official CycloneDX schemas. @module */

import { describeValue, type JsonObject, type Problem } from '@aibomgen/core'

import {
  validateBom16,
  validateBom17,
  type SchemaError,
  type SchemaValidator,
} from './cyclonedx/generated/validators.js'
import { followPointer, pointTo } from './json-structure.ts'

/** Versions of CycloneDX that are built and validated here. */
export const SPEC_VERSIONS = ['1.6', '1.7'] as const
/** One of them. */
export type SpecVersion = (typeof SPEC_VERSIONS)[number]

const VALIDATORS: Readonly<Record<SpecVersion, SchemaValidator>> = { '1.6': validateBom16, '1.7': validateBom17 }

/**
 * Everything in which `bom` breaks the official schema of the version that it names; none for a valid one. Paths are
 * JSON Pointers. Where the schema offers a choice, the problems of every alternative are listed. A list or object is
 * not looked through any further once a hundred problems were found in it.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function validateBom(bom: JsonObject): readonly Problem[] {
  const version = SPEC_VERSIONS.find((version) => version === bom.specVersion)
  if (version === undefined) {
    return [{ path: '/specVersion', expected: SPEC_VERSIONS.join(' or '), got: describeValue(bom.specVersion) }]
  }
  const validate = VALIDATORS[version]
  return validate(bom) ? [] : (validate.errors ?? []).map((error) => toProblem(error, bom))
}

function toProblem({ instancePath, keyword, params }: SchemaError, bom: JsonObject): Problem {
  switch (keyword) {
    case 'required':
    case 'dependencies':
      return { path: pointTo(instancePath, String(params.missingProperty)), expected: 'a value', got: 'nothing' }
    case 'additionalProperties':
      return {
        path: pointTo(instancePath, String(params.additionalProperty)),
        expected: 'no such member',
        got: describeValue(params.additionalProperty),
      }
    case 'uniqueItems':
      return { path: instancePath, expected: 'no two equal items', got: 'a repetition' }
    default:
      return {
        path: instancePath,
        expected: expectation(keyword, params),
        got: describeValue(followPointer(bom, instancePath)),
      }
  }
}

const MAX_LISTED_CHOICES = 20

function expectation(keyword: string, params: SchemaError['params']): string {
  switch (keyword) {
    case 'type':
      return String(params.type)
    case 'enum': {
      const choices = params.allowedValues as readonly unknown[]
      return choices.length > MAX_LISTED_CHOICES ? `one of ${choices.length} values` : choices.join(' or ')
    }
    case 'const':
      return describeValue(params.allowedValue)
    case 'format':
      return `the format ${String(params.format)}`
    case 'pattern':
      return `a match of ${String(params.pattern)}`
    case 'oneOf':
      return params.passingSchemas === null ? 'one of the alternatives' : 'only one of the alternatives'
    case 'anyOf':
      return 'one of the alternatives'
    case 'not':
      return 'another combination of members'
    case 'if':
      return `what goes with the other members (${String(params.failingKeyword)})`
    default:
      return typeof params.limit === 'number' ? `${keyword} ${params.limit}` : keyword
  }
}
