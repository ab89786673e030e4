/** Which links count: signed by functionaries of their step, in sufficient number, and of one mind. @module */

import {
  CryptoError,
  markVerified,
  type SdkError,
  VerificationError,
  type PublicKey,
  type Verified,
} from '@aibomgen/core'

import { sameArtifacts } from './artifact-map.ts'
import type { Layout, Step } from './layout.ts'
import { parseLink, type Link } from './link.ts'
import { findSigners } from './signatures.ts'
import { parseSignedFile, type SignedFile } from './signed-file.ts'
import { isPlainObject } from './signed-model.ts'

/** A link with a valid signature by a functionary of its step. */
export interface StepLink {
  readonly link: Link
  /** Name of the file it came in. */
  readonly file: string
  /** The functionary, as the layout calls them. */
  readonly keyid: string
  readonly publicKey: PublicKey
}

/** A file that claims to be a functionary's link, and why it counts for nothing. */
export interface DisregardedLink {
  readonly step: string
  readonly file: string
  readonly error: SdkError
}

/** The links of a layout's steps. */
export interface StepLinks {
  /** By step, in the layout's order; within a step in the order of its `pubkeys`. Steps without a link have an empty list. */
  readonly byStep: ReadonlyMap<string, readonly StepLink[]>
  readonly disregarded: readonly DisregardedLink[]
}

/** Links whose signatures were verified. */
export type VerifiedLinks = Verified<StepLinks>

/** Link files by name: `<step>.<first 8 of keyid>.link`. Other names are passed over. */
export type LinkFiles = ReadonlyMap<string, Uint8Array>

/** Name of the file in which a functionary's link for a step lies. */
export function linkFileName(step: string, keyid: string): string {
  return `${step}.${keyid.slice(0, 8)}.link`
}

/**
 * The links that count, and those that do not: as the specification has it, a link that its functionary did not sign
 * is no link, and others may still reach the threshold.
 *
 * Fails at once on what no honest functionary leaves behind: a file that cannot be read, a link of another step.
 *
 * @throws ParseError; VerificationError `LINK_INVALID`, `PAYLOAD_TYPE_MISMATCH`, `LAYOUT_UNSUPPORTED`
 *   for a sublayout
 */
export async function collectLinks(layout: Verified<Layout>, files: LinkFiles): Promise<VerifiedLinks> {
  const steps = await Promise.all(layout.steps.map((step) => collectStep(layout, step, files)))
  return markVerified({
    byStep: new Map(layout.steps.map((step, index) => [step.name, steps[index]?.links ?? []])),
    disregarded: steps.flatMap((step) => step.disregarded),
  })
}

/**
 * The links of a layout's steps, every one of them good: as `collectLinks`, and no file that bears a step's name may be
 * left over.
 *
 * @throws as `collectLinks`; VerificationError `SIGNATURE_INVALID`, `KEY_NOT_TRUSTED`; `LINK_INVALID` for a file named
 *   after nobody whom its step authorises; CryptoError `ALGORITHM_UNSUPPORTED`
 */
export async function verifyLinkSignatures(layout: Verified<Layout>, files: LinkFiles): Promise<VerifiedLinks> {
  for (const file of files.keys()) assertFileNameAuthorised(layout, file)
  const links = await collectLinks(layout, files)
  const [disregarded] = links.disregarded
  if (disregarded !== undefined) throw disregarded.error
  return links
}

/**
 * Nothing, when every step has links by as many different keys as it asks for, and these agree. Two keyids of one key
 * count once.
 *
 * @throws VerificationError `LINK_MISSING`, `LINKS_DISAGREE`
 */
export function assertThresholds(layout: Verified<Layout>, links: VerifiedLinks): void {
  for (const { name, threshold } of layout.steps) {
    const stepLinks = links.byStep.get(name) ?? []
    const found = new Set(stepLinks.map(({ publicKey }) => publicKey.keyid)).size
    if (found < threshold) {
      const cause = links.disregarded.find(({ step }) => step === name)?.error
      const why = cause === undefined ? '' : ` (${cause.message})`
      throw new VerificationError(
        'LINK_MISSING',
        `step "${name}": expected links by ${threshold} authorised functionaries, got ${found}${why}`,
        { step: name, required: threshold, found },
        { cause },
      )
    }
    if (threshold > 1) assertAgreement(name, stepLinks)
  }
}

function assertAgreement(step: string, links: readonly StepLink[]): void {
  const [first, ...others] = links
  const differing = others.filter(
    ({ link }) =>
      first !== undefined &&
      !(sameArtifacts(first.link.materials, link.materials) && sameArtifacts(first.link.products, link.products)),
  )
  if (first === undefined || differing.length === 0) return
  const keyids = [first, ...differing].map(({ keyid }) => keyid)
  const files = [first, ...differing].map(({ file }) => file).join(', ')
  throw new VerificationError('LINKS_DISAGREE', `step "${step}": ${files} report different artifacts`, { step, keyids })
}

interface StepResult {
  readonly links: readonly StepLink[]
  readonly disregarded: readonly DisregardedLink[]
}

async function collectStep(layout: Layout, step: Step, files: LinkFiles): Promise<StepResult> {
  const parsed = new Map<string, ParsedLink>()
  const candidates = [...new Set(step.pubkeys)].flatMap((keyid) => {
    const file = linkFileName(step.name, keyid)
    const bytes = files.get(file)
    if (bytes === undefined) return []
    const candidate = parsed.get(file) ?? parseLinkFile(bytes, file, step.name)
    parsed.set(file, candidate)
    return [{ keyid, file, ...candidate }]
  })
  const results = await Promise.all(candidates.map((candidate) => judge(layout, step.name, candidate)))
  return {
    links: results.filter((result) => 'link' in result),
    disregarded: results.filter((result) => 'error' in result),
  }
}

interface ParsedLink {
  readonly signed: SignedFile
  readonly link: Link
}

interface Candidate extends ParsedLink {
  readonly keyid: string
  readonly file: string
}

function parseLinkFile(bytes: Uint8Array, file: string, step: string): ParsedLink {
  const signed = parseSignedFile(bytes, file)
  if (isPlainObject(signed.value) && signed.value._type === 'layout') {
    throw new VerificationError('LAYOUT_UNSUPPORTED', `${file}: sublayouts are not supported`, {
      feature: 'sublayout',
      name: file,
    })
  }
  const link = parseLink(signed.value, { unknownMembers: signed.form === 'dsse' ? 'ignore' : 'refuse', document: file })
  if (link.name !== step) {
    throw invalidLink(step, `${file}: expected a link of step "${step}", got one of "${link.name}"`)
  }
  return { signed, link }
}

async function judge(
  layout: Layout,
  step: string,
  { keyid, file, signed, link }: Candidate,
): Promise<StepLink | DisregardedLink> {
  const key = layout.keys.get(keyid)
  if (key === undefined) {
    const reason = 'the layout authorises it and does not hold it'
    const error = new VerificationError('KEY_NOT_TRUSTED', `${file}: key ${keyid}: ${reason}`, { keyid, reason })
    return { step, file, error }
  }
  const { publicKey, algorithm } = key
  if (publicKey === undefined) {
    const error = new CryptoError('ALGORITHM_UNSUPPORTED', `${file}: ${algorithm} keys are not supported`, {
      algorithm,
    })
    return { step, file, error }
  }
  const signers = await findSigners(signed.message, signed.signatures, [{ publicKey, keyids: [keyid] }])
  if (signers.size === 0) {
    const message = `${file}: expected a valid signature by key ${keyid}`
    return { step, file, error: new VerificationError('SIGNATURE_INVALID', message, { subject: file, keyid }) }
  }
  return { link, file, keyid, publicKey }
}

function assertFileNameAuthorised(layout: Layout, file: string): void {
  const stem = /^(.+)\.[^.]*\.link$/.exec(file)?.[1]
  const step = layout.steps.find(({ name }) => name === stem)
  if (step === undefined || step.pubkeys.some((keyid) => linkFileName(step.name, keyid) === file)) return
  throw invalidLink(step.name, `${file}: named after no functionary of step "${step.name}"`)
}

function invalidLink(step: string, reason: string): VerificationError {
  return new VerificationError('LINK_INVALID', reason, { step, reason })
}
