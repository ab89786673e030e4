/** Verifying a supply chain against its layout: the stages one by one, and all of them in order. @module */

import {
  compareTimestamps,
  markVerified,
  VerificationError,
  type PublicKey,
  type Timestamp,
  type Verified,
} from '@aibomgen/core'

import { applyRules } from './apply-rules.ts'
import { parseLayout, type Layout } from './layout.ts'
import type { Link } from './link.ts'
import { assertSignedBy } from './signatures.ts'
import { parseSignedFile } from './signed-file.ts'
import { assertThresholds, collectLinks, type LinkFiles, type VerifiedLinks } from './verify-links.ts'

/** The evidence: a layout and the links of its steps, as files. */
export interface SupplyChain {
  readonly layout: Uint8Array
  readonly links: LinkFiles
}

/** What the verifier brings: nothing of it comes from the evidence. */
export interface LayoutPolicy {
  readonly ownerKeys: readonly PublicKey[]
  /** How many owners must have signed. All of `ownerKeys` unless said otherwise. */
  readonly threshold?: number
  /** When the layout must have been in force. */
  readonly at: Timestamp
}

/** A supply chain that satisfies its layout. */
export interface VerifiedSupplyChain {
  readonly layout: Verified<Layout>
  /** The link whose artifacts were judged, by step, in the layout's order. */
  readonly links: ReadonlyMap<string, Link>
  /** What a person should look at, though it breaks no rule. */
  readonly warnings: readonly string[]
}

/**
 * The supply chain, once its layout is signed and in force, its steps have their links, and no artifact rule is broken.
 *
 * Sublayouts and inspections are refused by name.
 *
 * @throws as `verifyLayoutSignature`, `assertLayoutInForce`, `collectLinks`, `assertThresholds`, `verifyArtifactRules`
 * @see in-toto specification 1.0, section 5.2
 */
export async function verifyLayout(chain: SupplyChain, policy: LayoutPolicy): Promise<VerifiedSupplyChain> {
  const { ownerKeys, threshold = ownerKeys.length, at } = policy
  const layout = await verifyLayoutSignature(chain.layout, ownerKeys, threshold)
  assertLayoutInForce(layout, at)
  const links = await collectLinks(layout, chain.links)
  assertThresholds(layout, links)
  verifyArtifactRules(layout, links)
  const judged = judgedLinks(links)
  return { layout, links: judged, warnings: [...findUnknownMatches(layout), ...findOtherCommands(layout, judged)] }
}

/**
 * The layout, once `threshold` different keys of `ownerKeys` have signed it.
 *
 * @param ownerKeys - held by the verifier; keys inside the layout are its functionaries', and vouch for nothing here
 * @throws ParseError; VerificationError `SIGNATURE_THRESHOLD`, `PAYLOAD_TYPE_MISMATCH`; ConfigError `USAGE` for a
 *   threshold below 1
 */
export async function verifyLayoutSignature(
  bytes: Uint8Array,
  ownerKeys: readonly PublicKey[],
  threshold: number,
): Promise<Verified<Layout>> {
  const { form, value, message, signatures } = parseSignedFile(bytes, 'layout')
  await assertSignedBy(message, signatures, ownerKeys, { threshold, subject: 'layout' })
  return markVerified(parseLayout(value, { unknownMembers: form === 'dsse' ? 'ignore' : 'refuse' }))
}

/**
 * Nothing, while `at` is not past the layout's end.
 *
 * @throws VerificationError `LAYOUT_EXPIRED`
 */
export function assertLayoutInForce({ expires }: Verified<Layout>, at: Timestamp): void {
  if (compareTimestamps(at, expires) > 0) {
    const message = `layout: expected to be in force at ${at}, expired ${expires}`
    throw new VerificationError('LAYOUT_EXPIRED', message, { expires, at })
  }
}

/**
 * Nothing, when no step breaks an artifact rule of its own. Where several links of a step count, they agree or the step
 * asks for one: the first is judged, in the order of the step's `pubkeys`.
 *
 * @throws VerificationError `RULE_VIOLATED`, `LINK_MISSING`; `LAYOUT_UNSUPPORTED` for a layout with inspections
 */
export function verifyArtifactRules(layout: Verified<Layout>, links: VerifiedLinks): void {
  const [inspection] = layout.inspect
  if (inspection !== undefined) {
    throw new VerificationError(
      'LAYOUT_UNSUPPORTED',
      `inspection "${inspection.name}": inspections are not supported`,
      {
        feature: 'inspection',
        name: inspection.name,
      },
    )
  }
  const judged = judgedLinks(links)
  for (const { name: step, expectedMaterials, expectedProducts } of layout.steps) {
    applyRules(expectedMaterials, { step, type: 'materials' }, judged)
    applyRules(expectedProducts, { step, type: 'products' }, judged)
  }
}

/** The link of each step that the artifact rules look at. Steps without a link are not in it. */
export function judgedLinks(links: VerifiedLinks): ReadonlyMap<string, Link> {
  const judged = new Map<string, Link>()
  for (const [step, [first]] of links.byStep) if (first !== undefined) judged.set(step, first.link)
  return judged
}

/** A MATCH with a step that does not exist consumes nothing and fails nothing: more often a slip than a wish. */
function findUnknownMatches(layout: Layout): string[] {
  const names = new Set(layout.steps.map((step) => step.name))
  return layout.steps.flatMap((step) =>
    [...step.expectedMaterials, ...step.expectedProducts].flatMap((rule) =>
      rule.kind === 'match' && !names.has(rule.destinationStep)
        ? [`step "${step.name}": MATCH ${rule.pattern} names no step of the layout: "${rule.destinationStep}"`]
        : [],
    ),
  )
}

/** The specification only warns about another command: a functionary could claim any. */
function findOtherCommands(layout: Layout, links: ReadonlyMap<string, Link>): string[] {
  return layout.steps.flatMap(({ name, expectedCommand }) => {
    const command = links.get(name)?.command ?? []
    const isSame =
      command.length === expectedCommand.length && command.every((word, index) => word === expectedCommand[index])
    return isSame || expectedCommand.length === 0
      ? []
      : [`step "${name}": expected command ${JSON.stringify(expectedCommand)}, got ${JSON.stringify(command)}`]
  })
}
