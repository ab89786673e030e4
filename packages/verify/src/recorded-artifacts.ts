/** What the verified links say of artifacts: the facts that everything else is held against. @module */

import {
  BYPRODUCT_NAMES,
  parseSha256Hex,
  VerificationError,
  VULNERABILITIES_NAME,
  type PublicKey,
  type Sha256Hex,
} from '@aibomgen/core'
import { judgedLinks, type Link, type VerifiedLinks } from '@aibomgen/intoto'

/** SHA-256 by artifact name, from the links of a job. */
export interface RecordedArtifacts {
  readonly inputs: ReadonlyMap<string, Sha256Hex>
  readonly outputs: ReadonlyMap<string, Sha256Hex>
  /** What only this run saw: logs and environment, and what a scanner found where one looked. */
  readonly byproducts: ReadonlyMap<string, Sha256Hex>
  /** `aibom.json`. */
  readonly aibom: ReadonlyMap<string, Sha256Hex>
}

/**
 * The artifacts of a job, as its verified links record them.
 *
 * @throws VerificationError `LINK_MISSING`, `LINK_INVALID` for a link that lacks a SHA-256 where there has to be one
 */
export function readRecordedArtifacts(links: VerifiedLinks): RecordedArtifacts {
  const judged = judgedLinks(links)
  const run = requireLink(judged, 'run_training')
  const scans = VULNERABILITIES_NAME in run.byproducts ? [VULNERABILITIES_NAME] : []
  return {
    inputs: digestsOf(requireLink(judged, 'submit_inputs'), 'products'),
    outputs: digestsOf(run, 'products'),
    byproducts: new Map([...BYPRODUCT_NAMES, ...scans].map((name) => [name, byproductDigest(run, name)])),
    aibom: digestsOf(requireLink(judged, 'generate_aibom'), 'products'),
  }
}

/** Who signed the `generate_aibom` link: authorised by the layout, and in force. */
export function issuersOf(links: VerifiedLinks): readonly PublicKey[] {
  return functionariesOf(links, 'generate_aibom')
}

/** Who signed the `run_training` link. */
export function workersOf(links: VerifiedLinks): readonly PublicKey[] {
  return functionariesOf(links, 'run_training')
}

function functionariesOf(links: VerifiedLinks, step: string): readonly PublicKey[] {
  return (links.byStep.get(step) ?? []).map(({ publicKey }) => publicKey)
}

/**
 * The link of a step.
 *
 * @throws VerificationError `LINK_MISSING`
 */
export function requireLink(links: ReadonlyMap<string, Link>, step: string): Link {
  const link = links.get(step)
  if (link !== undefined) return link
  const message = `step "${step}": expected a link, got none`
  throw new VerificationError('LINK_MISSING', message, { step, required: 1, found: 0 })
}

function digestsOf(link: Link, side: 'materials' | 'products'): ReadonlyMap<string, Sha256Hex> {
  return new Map([...link[side]].map(([name, digests]) => [name, requireSha256(digests['sha256'], name, link.name)]))
}

function byproductDigest(link: Link, name: string): Sha256Hex {
  const digests = link.byproducts[name]
  const isObject = typeof digests === 'object' && digests !== null && 'sha256' in digests
  return requireSha256(isObject ? digests.sha256 : undefined, name, link.name)
}

function requireSha256(value: unknown, name: string, step: string): Sha256Hex {
  try {
    return parseSha256Hex(typeof value === 'string' ? value : '')
  } catch (cause) {
    const reason = `expected a SHA-256 of ${name}`
    throw new VerificationError('LINK_INVALID', `link "${step}": ${reason}`, { step, reason }, { cause })
  }
}
