/** What in-toto's artifact rules cannot see: how a step's process ended, what it was, and which links an issuer saw. @module */

import { sha256Hex, VerificationError, type Verified } from '@aibomgen/core'
import type { Layout, LinkFiles, StepLink, VerifiedLinks } from '@aibomgen/intoto'

/** Before the step's name, in the materials of `generate_aibom`: a link that the issuer saw. */
const LINK_MATERIAL_PREFIX = 'links/'

/**
 * Nothing, when every link that counts ran its step's command, reports that it ended with 0, and names the exact link
 * files that lie beside it.
 *
 * @throws VerificationError `COMMAND_MISMATCH`, `COMMAND_FAILED`, `EVIDENCE_MISMATCH`
 */
export function assertRunFacts(layout: Verified<Layout>, links: VerifiedLinks, files: LinkFiles): void {
  for (const { name, expectedCommand } of layout.steps) {
    for (const stepLink of links.byStep.get(name) ?? []) {
      assertCommand(name, expectedCommand, stepLink)
      assertSucceeded(name, stepLink)
      assertSawLinks(stepLink, links, files)
    }
  }
}

function assertCommand(step: string, expected: readonly string[], { link }: StepLink): void {
  const actual = link.command
  if (actual.length === expected.length && actual.every((word, index) => word === expected[index])) return
  const message = `step "${step}": expected command ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`
  throw new VerificationError('COMMAND_MISMATCH', message, { step, expected, actual })
}

/** A step that ran a process says how it ended; one that ran none has nothing to say. */
function assertSucceeded(step: string, { link }: StepLink): void {
  const returnValue = link.byproducts['return-value']
  if (returnValue === 0 || (returnValue === undefined && link.command.length === 0)) return
  const got = typeof returnValue === 'number' ? String(returnValue) : typeof returnValue
  throw new VerificationError('COMMAND_FAILED', `step "${step}": expected return-value 0, got ${got}`, {
    step,
    returnValue: got,
  })
}

function assertSawLinks({ link }: StepLink, links: VerifiedLinks, files: LinkFiles): void {
  for (const [name, digests] of link.materials) {
    if (!name.startsWith(LINK_MATERIAL_PREFIX)) continue
    const step = name.slice(LINK_MATERIAL_PREFIX.length)
    const present = (links.byStep.get(step) ?? []).map(({ file }) => digestOf(files.get(file)))
    const seen = digests['sha256'] ?? 'no SHA-256'
    if (present.includes(seen)) continue
    const expected = present.join(' or ') || 'no such link'
    const message = `${name}: the issuer saw a link with SHA-256 ${seen}, the release holds ${expected}`
    throw new VerificationError('EVIDENCE_MISMATCH', message, { what: name, expected, actual: seen })
  }
}

function digestOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'no such file' : sha256Hex(bytes)
}
