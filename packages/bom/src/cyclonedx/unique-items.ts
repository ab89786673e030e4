/** JSON Schema's `uniqueItems` in linear time. @module */

/** Whether no two items are equal as JSON: members in any order, `0` and `-0` the same. */
export function hasUniqueItems(items: readonly unknown[]): boolean {
  const keys = new Set<string>()
  for (const item of items) {
    if (keys.size === keys.add(spell(item)).size) return false
  }
  return true
}

// Canonical JSON, but total: what has no RFC 8785 form (a lone surrogate) still has one spelling here.
function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${spell(member)}`).join(',')}}`
}
