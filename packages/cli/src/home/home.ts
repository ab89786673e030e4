/** AIBOMGEN_HOME: opening it, making it, and taking it from one generation to the next. @module */

import { join } from 'node:path'

import {
  addDays,
  ConfigError,
  createEd25519Signer,
  signTrustRoot,
  type Clock,
  type SignedTrustRoot,
  type Signer,
  type Timestamp,
  type TrustRoot,
} from '@aibomgen/core'

import {
  commitGeneration,
  KEY_ROLES,
  readCurrentGeneration,
  readSigners,
  tidyHome,
  type Generation,
  type GenerationDraft,
  type KeyRole,
} from './generation.ts'
import { buildFirstTrustRoot, keysOfRole, secondAfter } from './trust-changes.ts'

/** What changing a home needs. */
export interface HomeDeps {
  readonly clock: Clock
  /** A fresh seed for a key: 32 bytes from a good random source. */
  readonly drawKeySeed: () => Uint8Array
  readonly passphrase: string | undefined
}

/** How long a layout is valid unless said otherwise. */
export const DEFAULT_LAYOUT_DAYS = 365

/**
 * The home's current generation; made first where the home is empty. Any number of processes may do that at once: one
 * of them wins, and all get what it made.
 */
export async function ensureHome(
  home: string,
  deps: HomeDeps,
): Promise<{ readonly generation: Generation; readonly created: boolean }> {
  const generation = await readCurrentGeneration(home)
  if (generation !== undefined) {
    await tidyHome(home, generation)
    return { generation, created: false }
  }
  try {
    return { generation: await createHome(home, deps), created: true }
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'HOME_CHANGED') return ensureHome(home, deps)
    throw error
  }
}

/**
 * The trust root that this home holds.
 *
 * @throws ConfigError `TRUST_ROOT_MISSING`
 */
export async function requireTrustRoot(home: string): Promise<SignedTrustRoot> {
  return (await requireGeneration(home)).trustRoot
}

/**
 * The home's current generation.
 *
 * @throws ConfigError `TRUST_ROOT_MISSING` in an empty home
 */
export async function requireGeneration(home: string): Promise<Generation> {
  const generation = await readCurrentGeneration(home)
  if (generation !== undefined) return generation
  const looked = [join(home, 'trust-root.json')]
  throw new ConfigError('TRUST_ROOT_MISSING', `no trust root: expected --trust FILE or ${looked.join(', ')}`, {
    looked,
  })
}

/** A change to the trust root, with the keys that are new in it. */
export interface TrustChange {
  readonly root: TrustRoot
  readonly freshKeys?: Readonly<Partial<Record<KeyRole, Uint8Array>>>
}

/**
 * Signs a changed trust root and a layout that fits it, and makes both the home's. A trust root is signed by the owner
 * before the change and the one after it, a layout by the one after.
 *
 * @throws ConfigError `HOME_INCOMPLETE` without the owner's key, `HOME_CHANGED`
 */
export async function changeTrust(
  home: string,
  current: Generation,
  { root, freshKeys = {} }: TrustChange,
  deps: HomeDeps,
): Promise<Generation> {
  const { owner } = await readSigners(current, ['owner'], deps.passphrase)
  const nextOwner = freshKeys.owner === undefined ? owner : await createEd25519Signer(freshKeys.owner)
  const trustRoot = await signTrustRoot(root, nextOwner === owner ? [owner] : [owner, nextOwner])
  const from = secondAfter(root.issuedAt)
  const layout = await signLayout(root, nextOwner, { from, days: DEFAULT_LAYOUT_DAYS })
  return commitGeneration(home, current, { trustRoot, layout, freshKeys, passphrase: deps.passphrase })
}

/**
 * The same keys and trust root, and a layout that is valid for `days` from now.
 *
 * @throws ConfigError `HOME_INCOMPLETE` without the owner's key, `HOME_CHANGED`
 */
export async function renewLayout(
  home: string,
  current: Generation,
  days: number,
  deps: HomeDeps,
): Promise<Generation> {
  const { owner } = await readSigners(current, ['owner'], deps.passphrase)
  const { trustRoot } = current
  const layout = await signLayout(trustRoot.root, owner, { from: secondAfter(deps.clock.now()), days })
  return commitGeneration(home, current, { trustRoot, layout })
}

async function createHome(home: string, deps: HomeDeps): Promise<Generation> {
  const seeds = Object.fromEntries(KEY_ROLES.map((role) => [role, deps.drawKeySeed()])) as Record<KeyRole, Uint8Array>
  const signers = await mapRoles(async (role) => createEd25519Signer(seeds[role]))
  const now = deps.clock.now()
  const root = buildFirstTrustRoot(await mapRoles((role) => Promise.resolve(signers[role].publicKey)), now)
  const draft: GenerationDraft = {
    trustRoot: await signTrustRoot(root, [signers.owner]),
    layout: await signLayout(root, signers.owner, { from: now, days: DEFAULT_LAYOUT_DAYS }),
    freshKeys: seeds,
    passphrase: deps.passphrase,
  }
  return commitGeneration(home, undefined, draft)
}

async function mapRoles<T>(make: (role: KeyRole) => Promise<T>): Promise<Record<KeyRole, T>> {
  const entries = await Promise.all(KEY_ROLES.map(async (role) => [role, await make(role)] as const))
  return Object.fromEntries(entries) as Record<KeyRole, T>
}

async function signLayout(
  trustRoot: TrustRoot,
  owner: Signer,
  { from, days }: { readonly from: Timestamp; readonly days: number },
): Promise<Uint8Array> {
  const vacant = KEY_ROLES.find((role) => keysOfRole(trustRoot, role, from).length === 0)
  if (vacant !== undefined) {
    const reason = `no ${vacant} key would be left: rotate it or enroll another first`
    throw new ConfigError('USAGE', `trust root: ${reason}`, { argument: vacant, reason })
  }
  // Loaded here: who only asks for the trust root has no use for what makes layouts.
  const { buildJobLayout, signJobLayout } = await import('@aibomgen/pipeline')
  return signJobLayout(buildJobLayout({ trustRoot, from, expires: addDays(from, days) }), [owner])
}
