/** The five checks of the chain: layout, links, and what they say of artifacts. @module */

import { assertNoRollback, STEP_NAMES, type Verified } from '@aibomgen/core'
import {
  assertLayoutInForce,
  assertThresholds,
  verifyArtifactRules,
  type Layout,
  type LinkFiles,
  type VerifiedLinks,
} from '@aibomgen/intoto'

import { requireStep, trustLayout, trustLinks, type ChainDemands } from '../chain.ts'
import type { Finding } from '../check-ledger.ts'
import type { VerifyDeps } from '../policy.ts'
import { assertRunFacts } from '../run-facts.ts'

/** `layout-signature`: the layout is by owners that the verifier's own trust root names. */
export async function checkLayoutSignature(
  bytes: Uint8Array,
  deps: VerifyDeps,
  demands: ChainDemands,
): Promise<Finding<Verified<Layout>>> {
  if (deps.heldTrustRoot !== undefined) assertNoRollback(deps.heldTrustRoot, deps.trustRoot)
  const layout = await trustLayout(bytes, demands)
  const { version, owner } = demands.trustRoot
  return { value: layout, evidence: `signed by ${owner.threshold} of the owners in trust root version ${version}` }
}

/** `layout-expiry`: the layout was in force when it had to be. */
export async function checkLayoutExpiry(layout: Verified<Layout>, at: ChainDemands['at']): Promise<Finding<undefined>> {
  assertLayoutInForce(layout, at)
  return { value: undefined, evidence: `in force at ${at}, until ${layout.expires}` }
}

/** `link-signatures`: every link is by a functionary of its step, in the role that the trust root gives the key. */
export async function checkLinkSignatures(
  layout: Verified<Layout>,
  files: LinkFiles,
  demands: ChainDemands,
): Promise<Finding<VerifiedLinks>> {
  const links = await trustLinks(layout, files, demands)
  const signed = [...links.byStep.values()].flat().map(({ file }) => file)
  return { value: links, evidence: signed.join(', ') || 'no link to verify' }
}

/** `link-thresholds`: every step was done, by as many functionaries as it asks for. */
export async function checkLinkThresholds(layout: Verified<Layout>, links: VerifiedLinks): Promise<Finding<undefined>> {
  for (const step of STEP_NAMES) requireStep(layout, step)
  assertThresholds(layout, links)
  const counts = layout.steps.map(
    ({ name, threshold }) => `${name} ${links.byStep.get(name)?.length ?? 0}/${threshold}`,
  )
  return { value: undefined, evidence: counts.join(', ') }
}

/** `artifact-rules`: no step read, wrote or ran anything but what the layout says. */
export async function checkArtifactRules(
  layout: Verified<Layout>,
  links: VerifiedLinks,
  files: LinkFiles,
): Promise<Finding<undefined>> {
  verifyArtifactRules(layout, links)
  assertRunFacts(layout, links, files)
  const rules = layout.steps.flatMap(({ expectedMaterials, expectedProducts }) => [
    ...expectedMaterials,
    ...expectedProducts,
  ])
  return {
    value: undefined,
    evidence: `${rules.length} rules over ${layout.steps.length} steps, commands and exit codes`,
  }
}
