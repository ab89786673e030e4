/** The chain of custody: a layout that its owners signed, and links by functionaries that the trust root knows. @module */

import {
  markVerified,
  ownersInForce,
  requireKeyInForce,
  VerificationError,
  type Role,
  type StepName,
  type Timestamp,
  type TrustRoot,
  type Verified,
} from '@aibomgen/core'
import {
  assertLayoutInForce,
  assertThresholds,
  verifyArtifactRules,
  verifyLayoutSignature,
  verifyLinkSignatures,
  type Layout,
  type LinkFiles,
  type VerifiedLinks,
} from '@aibomgen/intoto'

import { assertRunFacts } from './run-facts.ts'

/** Against what a chain is held. */
export interface ChainDemands {
  readonly trustRoot: TrustRoot
  /** The time at which every key must count, in its role. */
  readonly at: Timestamp
}

/** A chain as files. */
export interface ChainFiles {
  readonly layout: Uint8Array
  readonly links: LinkFiles
}

/** Who does which step. */
export const STEP_ROLES: Readonly<Record<StepName, Role>> = {
  submit_inputs: 'intake',
  run_training: 'worker',
  generate_aibom: 'issuer',
}

/**
 * The layout, once a threshold of the owners in force has signed it.
 *
 * @throws VerificationError `SIGNATURE_THRESHOLD`; ParseError
 */
export function trustLayout(bytes: Uint8Array, { trustRoot, at }: ChainDemands): Promise<Verified<Layout>> {
  return verifyLayoutSignature(bytes, ownersInForce(trustRoot, at), trustRoot.owner.threshold)
}

/**
 * The links, once each is signed by a key that its step authorises in the layout, and that the trust root has in the
 * step's role at the time asked for.
 *
 * @throws VerificationError `SIGNATURE_INVALID`, `LINK_INVALID`, `KEY_NOT_TRUSTED`, `PAYLOAD_TYPE_MISMATCH`,
 *   `LAYOUT_UNSUPPORTED` for a step that is none of ours, or a sublayout; ParseError; CryptoError `ALGORITHM_UNSUPPORTED`
 */
export async function trustLinks(
  layout: Verified<Layout>,
  files: LinkFiles,
  { trustRoot, at }: ChainDemands,
): Promise<VerifiedLinks> {
  const links = await verifyLinkSignatures(layout, files)
  for (const [step, stepLinks] of links.byStep) {
    for (const { publicKey } of stepLinks) requireKeyInForce(trustRoot, publicKey.keyid, roleOf(step), at)
  }
  return links
}

/**
 * The links of the first steps of a job, when everything about them holds: what a worker asks of a receipt
 * before it trains, and an issuer of both links before it signs.
 *
 * @param steps - the steps that are done; the layout's later ones are left out of account
 * @throws VerificationError `SIGNATURE_THRESHOLD`, `LAYOUT_EXPIRED`, `LAYOUT_UNSUPPORTED`, `LINK_MISSING`, `LINKS_DISAGREE`,
 *   `RULE_VIOLATED`, `COMMAND_FAILED`, `COMMAND_MISMATCH`, and those of links that are not good; ParseError
 */
export async function verifySteps(
  files: ChainFiles,
  steps: readonly StepName[],
  demands: ChainDemands,
): Promise<VerifiedLinks> {
  const layout = restrictTo(await trustLayout(files.layout, demands), steps)
  assertLayoutInForce(layout, demands.at)
  const links = await trustLinks(layout, files.links, demands)
  assertThresholds(layout, links)
  verifyArtifactRules(layout, links)
  assertRunFacts(layout, links, files.links)
  return links
}

/** A part of what was verified is verified. Steps that the layout lacks would go unjudged, and are refused. */
function restrictTo(layout: Verified<Layout>, steps: readonly StepName[]): Verified<Layout> {
  for (const step of steps) requireStep(layout, step)
  return markVerified({ ...layout, steps: layout.steps.filter(({ name }) => steps.some((step) => step === name)) })
}

/**
 * Nothing, when the layout has the step.
 *
 * @throws VerificationError `LINK_MISSING`
 */
export function requireStep(layout: Verified<Layout>, step: StepName): void {
  if (layout.steps.some(({ name }) => name === step)) return
  const detail = { step, required: 1, found: 0 }
  throw new VerificationError('LINK_MISSING', `layout: expected a step "${step}", got none`, detail)
}

function roleOf(step: string): Role {
  const role = Object.entries(STEP_ROLES).find(([name]) => name === step)?.[1]
  if (role !== undefined) return role
  throw new VerificationError('LAYOUT_UNSUPPORTED', `layout: step "${step}" is none of a training job's`, {
    feature: 'step',
    name: step,
  })
}
