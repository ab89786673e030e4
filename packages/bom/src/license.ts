/** From a licence in a submitter's words to CycloneDX's three ways of naming one. @module */

import { Enums, Models, SPDX } from '#cyclonedx-library'
import type { JsonObject } from '@aibomgen/core'

import { isSpdxExpression } from './cyclonedx/spdx-expression.ts'

/** How CycloneDX names a licence: by SPDX id, by SPDX expression, or by the name it was given. */
export type LicenseChoice = { readonly [kind in 'id' | 'expression' | 'name']?: string }

/** The most exact way to name `text`; none for an empty text. An SPDX id is known in any letter case. */
export function chooseLicense(text: string): LicenseChoice | undefined {
  const name = text.trim()
  if (name === '') return undefined
  const id: unknown = SPDX.fixupSpdxId(name)
  // The library looks ids up in a plain object, where `constructor` is found as well.
  if (SPDX.isSupportedSpdxId(id)) return { id }
  return isSpdxExpression(name) ? { expression: name } : { name: text }
}

/** The licence as the library models it: declared by the submitter, concluded by nobody. */
export function createLicenses(text: string): readonly Models.License[] {
  const choice = chooseLicense(text)
  if (choice === undefined) return []
  const license = createLicense(choice)
  license.acknowledgement = Enums.LicenseAcknowledgement.Declared
  return [license]
}

/** The licence as a document spells it. */
export function licensesToJson(text: string): readonly JsonObject[] {
  const choice = chooseLicense(text)
  if (choice === undefined) return []
  const declared = { ...choice, acknowledgement: 'declared' }
  return [choice.expression === undefined ? { license: declared } : declared]
}

function createLicense({ id, expression, name = '' }: LicenseChoice): Models.License {
  if (id !== undefined) return new Models.SpdxLicense(id)
  return expression === undefined ? new Models.NamedLicense(name) : new Models.LicenseExpression(expression)
}
