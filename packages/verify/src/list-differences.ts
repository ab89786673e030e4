/** Where two values of one shape differ. @module */

/** A place where two values differ, and what each has there. */
export interface Difference {
  /** Member names from the root, joined by dots; empty for the root itself. */
  readonly path: string
  readonly expected: string
  readonly actual: string
}

/** Every leaf at which `actual` is not `expected`, members that one of them lacks included. Order matters in lists. */
export function listDifferences(expected: unknown, actual: unknown, path = ''): readonly Difference[] {
  if (isBranch(expected) && isBranch(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()
    return names.flatMap((name) =>
      listDifferences(own(expected, name), own(actual, name), path === '' ? name : `${path}.${name}`),
    )
  }
  return Object.is(expected, actual) ? [] : [{ path, expected: show(expected), actual: show(actual) }]
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
