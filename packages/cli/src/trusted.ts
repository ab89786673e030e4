/** The trust root that a verifier holds: from `--trust FILE`, else from AIBOMGEN_HOME. @module */

import { parseTrustRoot, type SignedTrustRoot } from '@aibomgen/core'
import { readFileBounded } from '@aibomgen/core/node'
import type { VerifyDeps } from '@aibomgen/verify'

import { systemClock } from './compose.ts'
import { readCurrentGeneration } from './home/generation.ts'
import { requireTrustRoot } from './home/home.ts'

/** The largest trust root that is read, in bytes. */
const MAX_TRUST_ROOT_BYTES = 1024 * 1024

/**
 * What a verifier on this machine brings. Where the trust root comes as a file, and the home holds one of the same
 * platform (they share an owner), the home's is the one held: an older file is a rollback.
 *
 * @throws ConfigError `TRUST_ROOT_MISSING`; ArtifactError `FILE_UNREADABLE`; ParseError
 */
export async function composeVerification(home: string, trustFile: string | undefined): Promise<VerifyDeps> {
  if (trustFile === undefined) return { trustRoot: await requireTrustRoot(home), clock: systemClock }
  const trustRoot = await readTrustRoot(trustFile)
  const held = (await readCurrentGeneration(home))?.trustRoot
  const heldTrustRoot = held !== undefined && shareAnOwner(held, trustRoot) ? held : undefined
  return { trustRoot, heldTrustRoot, clock: systemClock }
}

/**
 * The trust root in a file.
 *
 * @throws ArtifactError `FILE_UNREADABLE`; ParseError
 */
export async function readTrustRoot(path: string): Promise<SignedTrustRoot> {
  return parseTrustRoot(await readFileBounded(path, MAX_TRUST_ROOT_BYTES))
}

/** Whether two trust roots speak of the same platform. */
export function shareAnOwner({ root: one }: SignedTrustRoot, { root: other }: SignedTrustRoot): boolean {
  const owners = other.owner.keys.map(({ key }) => key.keyid)
  return one.owner.keys.some(({ key }) => owners.includes(key.keyid))
}
