/** The layout: which steps a supply chain has, who may do them, and what they may read and write. @module */

import {
  ParseError,
  parseTimestamp,
  parseWith,
  publicKeyToSecuresystemslib,
  type ExactJsonObject,
  type PublicKey,
  type Timestamp,
} from '@aibomgen/core'
import * as z from 'zod'

import { parseArtifactRule, serializeArtifactRule, type ArtifactRule } from './artifact-rule.ts'
import { parseLayoutKey, type LayoutKey } from './layout-key.ts'
import { openObject, type ModelOptions } from './signed-model.ts'

/** One step. */
export interface Step {
  readonly name: string
  readonly expectedMaterials: readonly ArtifactRule[]
  readonly expectedProducts: readonly ArtifactRule[]
  /** Keyids, as `Layout.keys` has them, of the functionaries who may do the step. */
  readonly pubkeys: readonly string[]
  readonly expectedCommand: readonly string[]
  /** How many different functionaries must report the same artifacts. At least 1. */
  readonly threshold: number
}

/** One inspection: a command that the verifier is asked to run. Read, and not run. */
export interface Inspection {
  readonly name: string
  readonly expectedMaterials: readonly ArtifactRule[]
  readonly expectedProducts: readonly ArtifactRule[]
  readonly run: readonly string[]
}

/** A layout. */
export interface Layout {
  readonly _type: 'layout'
  readonly expires: Timestamp
  readonly readme: string
  /** By keyid. Keyids are opaque: they need not be digests of anything. */
  readonly keys: ReadonlyMap<string, LayoutKey>
  readonly steps: readonly Step[]
  readonly inspect: readonly Inspection[]
}

/** What `createLayout` makes a step of; rules as the words of the specification. */
export interface StepFacts {
  readonly name: string
  readonly functionaries: readonly PublicKey[]
  /** 1 unless said otherwise. */
  readonly threshold?: number
  readonly expectedCommand?: readonly string[]
  readonly expectedMaterials: readonly (readonly string[])[]
  readonly expectedProducts: readonly (readonly string[])[]
}

/** What `createLayout` makes a layout of. */
export interface LayoutFacts {
  readonly expires: Timestamp
  readonly readme?: string
  readonly steps: readonly StepFacts[]
}

const rules = z.array(z.array(z.string()))
// The name becomes part of the link's file name.
const name = z.string().regex(/^[^/\\\u0000-\u001f]+$/, 'a name without slashes')
const stepSchema = z.strictObject({
  _type: z.literal('step'),
  name,
  expected_materials: rules,
  expected_products: rules,
  pubkeys: z.array(z.string().min(1)),
  expected_command: z.array(z.string()),
  threshold: z.int().min(1),
})
const inspectionSchema = z.strictObject({
  _type: z.literal('inspection'),
  name,
  expected_materials: rules,
  expected_products: rules,
  run: z.array(z.string()),
})
const layoutSchema = z.strictObject({
  _type: z.literal('layout'),
  expires: z.string(),
  readme: z.string(),
  keys: openObject,
  steps: z.array(stepSchema),
  inspect: z.array(inspectionSchema),
})
const lenientSchema = layoutSchema.strip().extend({
  steps: z.array(stepSchema.strip()),
  inspect: z.array(inspectionSchema.strip()),
})

/**
 * The layout that `value` is: JSON parsed with exact numbers.
 *
 * Strict where a slip would be a hole: every member must be there, `expires` above all; names are unique and have no
 * slash; thresholds are whole numbers from 1; a key stands under its own keyid.
 *
 * @throws ParseError `DOCUMENT_INVALID`, `TIMESTAMP_INVALID`, `KEY_INVALID`
 * @see in-toto specification 1.0, section 4.3
 */
export function parseLayout(
  value: unknown,
  { unknownMembers = 'refuse', document = 'layout' }: ModelOptions = {},
): Layout {
  const parsed = parseWith(unknownMembers === 'refuse' ? layoutSchema : lenientSchema, value, document)
  assertUniqueNames([...parsed.steps, ...parsed.inspect])
  return {
    _type: 'layout',
    expires: parseTimestamp(parsed.expires),
    readme: parsed.readme,
    keys: new Map(Object.keys(parsed.keys).map((keyid) => [keyid, parseLayoutKey(parsed.keys[keyid], keyid)])),
    steps: parsed.steps.map((step) => ({
      name: step.name,
      ...parseRules(step),
      pubkeys: step.pubkeys,
      expectedCommand: step.expected_command,
      threshold: step.threshold,
    })),
    inspect: parsed.inspect.map((item) => ({ name: item.name, ...parseRules(item), run: item.run })),
  }
}

/** The layout as the object that is signed: the model's members and no other. */
export function serializeLayout(layout: Layout): ExactJsonObject {
  return {
    _type: 'layout',
    expires: layout.expires,
    readme: layout.readme,
    keys: Object.fromEntries(Array.from(layout.keys, ([keyid, key]) => [keyid, key.value])),
    steps: layout.steps.map((step) => ({
      _type: 'step',
      name: step.name,
      ...serializeRules(step),
      pubkeys: step.pubkeys,
      expected_command: step.expectedCommand,
      threshold: step.threshold,
    })),
    inspect: layout.inspect.map((item) => ({
      _type: 'inspection',
      name: item.name,
      ...serializeRules(item),
      run: item.run,
    })),
  }
}

/**
 * A layout of these facts; its keys are those of the functionaries.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function createLayout({ expires, readme = '', steps }: LayoutFacts): Layout {
  const functionaries = steps.flatMap((step) => step.functionaries)
  return parseLayout({
    _type: 'layout',
    expires,
    readme,
    keys: Object.fromEntries(
      functionaries.map((key) => [key.keyid, { ...publicKeyToSecuresystemslib(key), keyid: key.keyid }]),
    ),
    steps: steps.map((step) => ({
      _type: 'step',
      name: step.name,
      expected_materials: step.expectedMaterials,
      expected_products: step.expectedProducts,
      pubkeys: step.functionaries.map((key) => key.keyid),
      expected_command: step.expectedCommand ?? [],
      threshold: step.threshold ?? 1,
    })),
    inspect: [],
  })
}

interface WireRules {
  readonly name: string
  readonly expected_materials: readonly (readonly string[])[]
  readonly expected_products: readonly (readonly string[])[]
}

function parseRules(item: WireRules): Pick<Step, 'expectedMaterials' | 'expectedProducts'> {
  const parse = (words: readonly string[]): ArtifactRule => parseArtifactRule(words, `layout, step "${item.name}"`)
  return { expectedMaterials: item.expected_materials.map(parse), expectedProducts: item.expected_products.map(parse) }
}

function serializeRules(item: Pick<Step, 'expectedMaterials' | 'expectedProducts'>): ExactJsonObject {
  return {
    expected_materials: item.expectedMaterials.map(serializeArtifactRule),
    expected_products: item.expectedProducts.map(serializeArtifactRule),
  }
}

function assertUniqueNames(items: readonly { readonly name: string }[]): void {
  const names = new Set<string>()
  for (const item of items) {
    if (names.has(item.name)) {
      throw new ParseError('DOCUMENT_INVALID', `layout: two steps or inspections are called "${item.name}"`, {
        document: 'layout',
        problems: [{ path: 'steps', expected: 'names that stand there once', got: JSON.stringify(item.name) }],
      })
    }
    names.add(item.name)
  }
}
