/** Lint: what the CycloneDX schema accepts and what is wrong all the same. @module */

import { describeValue, type JsonObject } from '@aibomgen/core'

import { isObject } from './json-structure.ts'
import { lintComponents } from './lint/components.ts'
import { walkObjects, type LintFinding, type LintNode, type LintRule } from './lint/finding.ts'
import { lintReferences } from './lint/references.ts'
import { lintSignatures } from './lint/signatures.ts'

const RULES: readonly LintRule[] = [lintReferences, lintComponents, lintTimes, lintSignatures, lintDocument]

/**
 * Findings about `bom`, rule by rule. For documents that are valid under the schema; of others it reports what it can.
 */
export function lintBom(bom: JsonObject): readonly LintFinding[] {
  const nodes = [...walkObjects(bom)]
  return RULES.flatMap((rule) => [...rule(nodes)])
}

/** Ends before starts. */
function* lintTimes(nodes: readonly LintNode[]): Generator<LintFinding> {
  for (const { path, object } of nodes) {
    const { timeStart, timeEnd } = object
    if (typeof timeStart !== 'string' || typeof timeEnd !== 'string') continue
    // Compared this way round, a time that cannot be read is a finding as well.
    if (Date.parse(timeStart) <= Date.parse(timeEnd)) continue
    const expected = `a time not before ${timeStart}`
    yield { severity: 'error', rule: 'end-before-start', path: `${path}/timeEnd`, expected, got: timeEnd }
  }
}

/** What a document of use to anybody has, and what BSI TR-03183-2 wants kept out of it. */
function* lintDocument([root]: readonly LintNode[]): Generator<LintFinding> {
  const bom = root?.object ?? {}
  const metadata = isObject(bom.metadata) ? bom.metadata : {}
  const wanted = [
    ['serial-number-missing', '/serialNumber', bom.serialNumber],
    ['timestamp-missing', '/metadata/timestamp', metadata.timestamp],
    ['component-missing', '/metadata/component', metadata.component],
    ['manufacturer-missing', '/metadata/manufacturer', metadata.manufacturer],
  ] as const
  for (const [rule, path, value] of wanted) {
    if (value === undefined) yield { severity: 'warning', rule, path, expected: 'a value', got: 'nothing' }
  }
  if (bom.vulnerabilities !== undefined) {
    yield {
      severity: 'warning',
      rule: 'vulnerabilities-inside',
      path: '/vulnerabilities',
      expected: 'vulnerabilities in a document of their own: they change, and this document does not',
      got: describeValue(bom.vulnerabilities),
    }
  }
}
