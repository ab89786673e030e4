/** Finding one's way in JSON values: kinds, and JSON Pointers (RFC 6901). @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'

/** Whether `value` is a JSON object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}

/** Whether `value` is a JSON array. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** The pointer to the member called `name` of what `pointer` points to. */
export function pointTo(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** What `pointer` points to in `root`; `undefined` where nothing is. */
export function followPointer(root: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1)
  return names.reduce<unknown>((value, segment) => {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }, root)
}
