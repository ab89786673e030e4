/** Strangers' YAML: one bounded, strict document. @module */

import { ParseError, utf8Decode } from '@aibomgen/core'
import { isScalar, parseDocument, visit, type Document } from 'yaml'

/** The largest YAML document that is read. */
export const MAX_YAML_BYTES: number = 256 * 1024
const MAX_ALIASES = 100

/** A YAML value; a mapping is a Map, because an object would reorder members whose names are numbers. */
export type YamlValue = null | boolean | number | string | readonly YamlValue[] | ReadonlyMap<string, YamlValue>

/**
 * The value that `bytes` spell in YAML 1.2: at most 256 KiB, one document, no member twice, no tags of its own, few
 * aliases.
 *
 * @param name - what the document is called in messages
 * @throws ParseError `DEFINITION_INVALID`, `LIMIT_EXCEEDED`, `ENCODING_INVALID`
 */
export function parseYaml(bytes: Uint8Array, name: string): YamlValue {
  if (bytes.length > MAX_YAML_BYTES) {
    throw new ParseError(
      'LIMIT_EXCEEDED',
      `${name}: expected at most ${MAX_YAML_BYTES} bytes of YAML, got ${bytes.length}`,
      {
        what: `bytes of YAML in ${name}`,
        limit: MAX_YAML_BYTES,
        actual: bytes.length,
      },
    )
  }
  const text = utf8Decode(bytes)
  try {
    // The library compares every two names of a mapping; a set does it in one pass below.
    const document = parseDocument(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false })
    const [problem] = [...document.errors, ...document.warnings]
    if (problem !== undefined) throw problem
    assertDistinctNames(document)
    return document.toJS({ mapAsMap: true, maxAliasCount: MAX_ALIASES }) as YamlValue
  } catch (cause) {
    // Whatever goes wrong in reading (syntax, nesting past the stack, too many aliases) is wrong with the document.
    const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause)
    throw new ParseError(
      'DEFINITION_INVALID',
      `${name}: expected one YAML document, got: ${reason}`,
      { document: name, problems: [{ path: '', expected: 'one YAML document', got: reason }] },
      { cause },
    )
  }
}

/** Mappings as objects, for a schema. Names that are numbers come first then: take orders from the Map. */
export function toPlainValue(value: YamlValue): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...(value as ReadonlyMap<string, YamlValue>)].map(([k, v]) => [k, toPlainValue(v)]))
  }
  return Array.isArray(value) ? value.map((item: YamlValue) => toPlainValue(item)) : value
}

function assertDistinctNames(document: Document): void {
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key
        if (seen.has(name)) throw new Error(`member ${JSON.stringify(name)} twice in one mapping`)
        if (name === '__proto__') throw new Error('a member called __proto__')
        seen.add(name)
      }
    },
  })
}
