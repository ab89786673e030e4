/** Observations as properties: what was seen, what was looked for in vain, and why one could not look. @module */

import type { Observed } from '../environment-facts.ts'
import { property, PROPERTY_PREFIXES, type BomProperty } from '../property-names.ts'

/** The property of an observation, or with `:status` behind its name why there is none. */
export function observationProperty<T>(
  name: string,
  observation: Observed<T>,
  spell: (value: T) => string | number = String,
): BomProperty {
  const fullName = PROPERTY_PREFIXES.environment + name
  switch (observation.status) {
    case 'observed':
      return property(fullName, spell(observation.value))
    case 'absent':
      return property(`${fullName}:status`, 'absent')
    case 'unavailable':
      return property(`${fullName}:status`, `unavailable: ${observation.reason}`)
  }
}

/** What was observed, as a list of one; nothing otherwise. */
export function observedValues<T>(observation: Observed<T>): readonly T[] {
  return observation.status === 'observed' ? [observation.value] : []
}
