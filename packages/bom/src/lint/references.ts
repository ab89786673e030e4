/** Lint: every bom-ref is there once, and every reference leads to one. @module */

import type { JsonValue } from '@aibomgen/core'

import { isList, isObject } from '../json-structure.ts'
import type { LintFinding, LintNode } from './finding.ts'

// Members whose strings are bom-refs. Lists of objects under the same names are other things.
const REFERRING_MEMBERS = ['ref', 'dependsOn', 'provides', 'assemblies', 'dependencies', 'vulnerabilities', 'subjects']

/** bom-refs that stand twice, references to nothing, and two entries for one thing in the dependency graph. */
export function* lintReferences(nodes: readonly LintNode[]): Generator<LintFinding> {
  const known = new Set<string>()
  for (const { path, object } of nodes) {
    const ref = object['bom-ref']
    if (typeof ref !== 'string') continue
    if (known.has(ref)) yield duplicate('bom-ref-duplicate', `${path}/bom-ref`, ref)
    known.add(ref)
  }
  for (const { path, object } of nodes) {
    for (const member of REFERRING_MEMBERS) {
      for (const [suffix, ref] of stringsIn(object[member])) {
        if (!known.has(ref) && !ref.startsWith('urn:cdx:')) yield dangling(`${path}/${member}${suffix}`, ref)
      }
    }
  }
  yield* lintDependencyGraph(nodes)
}

function* lintDependencyGraph([root]: readonly LintNode[]): Generator<LintFinding> {
  const entries = root?.object.dependencies
  if (!isList(entries)) return
  const seen = new Set<string>()
  for (const [index, entry] of entries.entries()) {
    if (!isObject(entry) || typeof entry.ref !== 'string') continue
    if (seen.has(entry.ref)) yield duplicate('dependency-duplicate', `/dependencies/${index}/ref`, entry.ref)
    seen.add(entry.ref)
  }
}

function* stringsIn(value: JsonValue | undefined): Generator<readonly [suffix: string, text: string]> {
  if (typeof value === 'string') yield ['', value]
  if (!isList(value)) return
  for (const [index, item] of value.entries()) if (typeof item === 'string') yield [`/${index}`, item]
}

function duplicate(rule: string, path: string, ref: string): LintFinding {
  return { severity: 'error', rule, path, expected: 'each bom-ref once', got: JSON.stringify(ref) }
}

function dangling(path: string, ref: string): LintFinding {
  return {
    severity: 'error',
    rule: 'bom-ref-dangling',
    path,
    expected: 'the bom-ref of something in the document',
    got: JSON.stringify(ref),
  }
}
