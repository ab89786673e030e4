/** A CycloneDX document about a model as text for people: what it says, believed in nothing. @module */

import type { JsonObject, JsonValue } from '@aibomgen/core'
import { PROPERTY_PREFIXES } from '@aibomgen/bom'

import { showOnOneLine } from './output.ts'

/** Line by line. What a document lacks, or holds in another form than ours do, is left out. */
export function describeBom(bom: JsonObject): string {
  const model = at(bom, 'metadata', 'component')
  const card = at(model, 'modelCard')
  const task = ['architectureFamily', 'task'].map((name) => textAt(card, 'modelParameters', name))
  const lines: readonly (readonly [label: string, texts: readonly (string | undefined)[]])[] = [
    ['AIBoM', [textAt(bom, 'serialNumber'), `CycloneDX ${textAt(bom, 'specVersion') ?? '?'}`]],
    [
      'issued',
      [textAt(bom, 'metadata', 'timestamp'), prefixed('by ', textAt(bom, 'metadata', 'manufacturer', 'name'))],
    ],
    ['signature', [textAt(bom, 'signature', 'algorithm'), prefixed('key ', textAt(bom, 'signature', 'keyId'))]],
    ['model', [describeComponent(model), ...task, ...listAt(model, 'licenses').map(describeLicense)]],
    ...listAt(model, 'pedigree', 'ancestors').map((base) => ['from model', [describeComponent(base)]] as const),
    ...componentsOf(bom, 'data').map((data) => ['from data', [describeComponent(data)]] as const),
    ['parameters', propertiesUnder(card, PROPERTY_PREFIXES.parameter)],
    ['results', listAt(card, 'quantitativeAnalysis', 'performanceMetrics').map(describeMetric)],
    ...propertiesUnder(card, PROPERTY_PREFIXES.metadata).map((said) => ['submitter', [said]] as const),
    [
      'trained on',
      ['operating-system', 'device', 'platform', 'framework'].flatMap((type) =>
        componentsOf(bom, type).map(describeName),
      ),
    ],
    ['scan', propertiesUnder(at(bom, 'metadata'), PROPERTY_PREFIXES.vulnerabilities)],
    ['libraries', [countOf(componentsOf(bom, 'library').length)]],
    ...listAt(bom, 'externalReferences').map((reference) => ['evidence', [describeReference(reference)]] as const),
  ]
  return lines
    .map(([label, texts]) => [label, texts.filter((text) => text !== undefined).map(showOnOneLine)] as const)
    .filter(([, texts]) => texts.length > 0)
    .map(([label, texts]) => `${label.padEnd(10)}  ${texts.join(', ')}`)
    .join('\n')
}

function describeComponent(component: JsonValue | undefined): string | undefined {
  const name = describeName(component)
  const digest = describeDigest(component)
  return name === undefined ? digest : [name, digest].filter((text) => text !== undefined).join(' ')
}

function describeName(component: JsonValue | undefined): string | undefined {
  const name = textAt(component, 'name')
  const version = textAt(component, 'version')
  return name === undefined || version === undefined ? name : `${name} ${version}`
}

function describeDigest(subject: JsonValue | undefined): string | undefined {
  const hash = listAt(subject, 'hashes').find((candidate) => textAt(candidate, 'alg') === 'SHA-256')
  return prefixed('sha256:', textAt(hash, 'content'))
}

function describeReference(reference: JsonValue): string | undefined {
  return [textAt(reference, 'url'), describeDigest(reference)].filter((text) => text !== undefined).join(' ')
}

function describeLicense(choice: JsonValue): string | undefined {
  return textAt(choice, 'expression') ?? textAt(choice, 'license', 'id') ?? textAt(choice, 'license', 'name')
}

function describeMetric(metric: JsonValue): string {
  const [type, value, slice] = ['type', 'value', 'slice'].map((name) => textAt(metric, name) ?? '?')
  const number = Number(value)
  return `${slice} ${type} ${Number.isFinite(number) ? Number(number.toPrecision(4)) : value}`
}

function propertiesUnder(holder: JsonValue | undefined, prefix: string): readonly string[] {
  return listAt(holder, 'properties').flatMap((property) => {
    const name = textAt(property, 'name')
    return name?.startsWith(prefix) === true ? [`${name.slice(prefix.length)} ${textAt(property, 'value') ?? ''}`] : []
  })
}

function componentsOf(bom: JsonObject, type: string): readonly JsonValue[] {
  return listAt(bom, 'components').filter((component) => textAt(component, 'type') === type)
}

function countOf(count: number): string | undefined {
  return count === 0 ? undefined : String(count)
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : prefix + text
}

/** The value that lies at `path` in `value`, if there is one. */
function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (holder, name) =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
        ? (holder as JsonObject)[name]
        : undefined,
    value,
  )
}

function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function listAt(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? (found as readonly JsonValue[]) : []
}
