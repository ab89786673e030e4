/** One order for the facts that have none of their own. @module */

import type { TrainingFacts } from './training-facts.ts'

/**
 * The same facts, with packages, links and withheld things in order of code units: whoever collected them need not care.
 * What has an order of its own (layers, classes, devices, arguments) keeps it.
 */
export function orderFacts(facts: TrainingFacts): TrainingFacts {
  const { environment, evidence } = facts
  const { packages } = environment
  return {
    ...facts,
    environment: {
      ...environment,
      packages:
        packages.status === 'observed' ? { ...packages, value: sortBy(packages.value, ({ purl }) => purl) } : packages,
    },
    evidence: { ...evidence, runTraining: sortBy(evidence.runTraining, ({ name }) => name) },
    withheld: facts.withheld.toSorted(),
  }
}

function sortBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}
