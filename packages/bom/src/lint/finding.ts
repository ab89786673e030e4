/** What lint reports, and how its rules look at a document. @module */

import type { JsonObject, JsonValue, Problem } from '@aibomgen/core'

import { isList, isObject, pointTo } from '../json-structure.ts'

/** How bad a finding is: an error makes the document say something false or nothing; a warning, less than it could. */
export type LintSeverity = 'error' | 'warning'

/** Something that the schema accepts and that is wrong all the same. `path` is a JSON Pointer. */
export interface LintFinding extends Problem {
  readonly severity: LintSeverity
  /** Stable name of the rule: `bom-ref-dangling`. */
  readonly rule: string
}

/** An object somewhere in a document. */
export interface LintNode {
  readonly path: string
  readonly object: JsonObject
}

/** A rule's view of a document: the objects in it, in document order. */
export type LintRule = (nodes: readonly LintNode[]) => Iterable<LintFinding>

/** Every object in `value`, itself included, with its JSON Pointer. */
export function* walkObjects(value: JsonValue, path = ''): Generator<LintNode> {
  if (typeof value !== 'object' || value === null) return
  if (isList(value)) {
    for (const [index, item] of value.entries()) yield* walkObjects(item, `${path}/${index}`)
    return
  }
  yield { path, object: value }
  for (const [name, member] of Object.entries(value)) {
    yield* walkObjects(member, pointTo(path, name))
  }
}

/** The members of a list that are objects; none where there is no list. */
export function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : []
}
