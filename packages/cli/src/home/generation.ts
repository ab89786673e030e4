/** A generation of a home: keys, layout and trust root that go together, in one directory that never changes. @module */

import { copyFile, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'

import {
  ArtifactError,
  ConfigError,
  parseTrustRoot,
  serializeEnvelope,
  type Role,
  type SignedTrustRoot,
  type Signer,
} from '@aibomgen/core'
import {
  createKeyFile,
  readFileBounded,
  readKeyFile,
  reasonOf,
  syncDirectory,
  writeFileAtomic,
} from '@aibomgen/core/node'

import { createScratch, sweepScratches, writeThroughScratch, writingIn } from '../scratch.ts'

/** Whose key it is: the owner's, or that of one of the three functionaries. */
export type KeyRole = 'owner' | Role
/** All four. */
export const KEY_ROLES: readonly KeyRole[] = ['owner', 'intake', 'worker', 'issuer']

/** What a home holds at one time. */
export interface Generation {
  /** Counts up. 0 is a trust root that somebody laid into the home, without keys. */
  readonly number: number
  readonly directory: string
  readonly trustRoot: SignedTrustRoot
}

/** What the next generation is to be. Keys that are not fresh are taken over from the one before. */
export interface GenerationDraft {
  readonly trustRoot: SignedTrustRoot
  readonly layout?: Uint8Array | undefined
  /** Seeds of new keys, by role. */
  readonly freshKeys?: Readonly<Partial<Record<KeyRole, Uint8Array>>>
  readonly passphrase?: string | undefined
}

const TRUST_ROOT = 'trust-root.json'
const LAYOUT = 'layout.json'
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

/**
 * The home's current generation; undefined in an empty home.
 *
 * @throws ConfigError `HOME_INCOMPLETE` for a generation that somebody took the trust root out of; ArtifactError
 *   `FILE_UNREADABLE`
 */
export async function readCurrentGeneration(home: string): Promise<Generation | undefined> {
  const names = await namesIn(join(home, 'generations'))
  const number = Math.max(0, ...names.filter((name) => /^[1-9][0-9]*$/.test(name)).map(Number))
  const directory = number === 0 ? home : directoryOf(home, number)
  if (!(await namesIn(directory)).includes(TRUST_ROOT)) {
    if (number === 0) return undefined
    throw incomplete(directory, [TRUST_ROOT])
  }
  const bytes = await readFileBounded(join(directory, TRUST_ROOT), MAX_DOCUMENT_BYTES)
  return { number, directory, trustRoot: parseTrustRoot(bytes) }
}

/**
 * Makes `draft` the home's generation after `current`. It is laid out beside its place and renamed there: that is the
 * moment at which keys, layout and trust root change, all at once. Private keys of earlier generations are removed.
 *
 * @throws ConfigError `HOME_CHANGED` when another process was faster; ArtifactError `FILE_UNREADABLE`
 */
export async function commitGeneration(
  home: string,
  current: Generation | undefined,
  draft: GenerationDraft,
): Promise<Generation> {
  const number = (current?.number ?? 0) + 1
  await writingIn(home, () => mkdir(join(home, 'generations'), { recursive: true, mode: 0o700 }))
  await using scratch = await createScratch(home)
  const laidOut = join(scratch.directory, 'generation')
  await layOut(laidOut, current, draft)
  await rename(laidOut, directoryOf(home, number)).catch((cause: unknown) => {
    if (!['EEXIST', 'ENOTEMPTY'].includes(reasonOf(cause))) throw cause
    throw new ConfigError('HOME_CHANGED', `${home}: another process changed it, try again`, { path: home }, { cause })
  })
  await syncDirectory(join(home, 'generations'))
  const generation = { number, directory: directoryOf(home, number), trustRoot: draft.trustRoot }
  await tidyHome(home, generation)
  return generation
}

/**
 * Brings the rest of a home in line with its current generation: `trust-root.json`, the copy to hand out, and no private
 * key of an earlier one. What a killed process left undone is done here.
 */
export async function tidyHome(home: string, { number, directory }: Generation): Promise<void> {
  if (number === 0) return
  const trustRoot = await readFileBounded(join(directory, TRUST_ROOT), MAX_DOCUMENT_BYTES)
  const isCurrent =
    (await namesIn(home)).includes(TRUST_ROOT) &&
    Buffer.from(await readFileBounded(join(home, TRUST_ROOT), MAX_DOCUMENT_BYTES)).equals(trustRoot)
  if (!isCurrent) await writeThroughScratch(join(home, TRUST_ROOT), trustRoot)
  for (const name of await namesIn(directory)) if (name !== TRUST_ROOT) await linkThroughScratch(home, directory, name)
  await sweepScratches(home)
  for (const name of await namesIn(join(home, 'generations'))) {
    if (Number(name) < number) await rm(join(home, 'generations', name, 'keys'), { recursive: true, force: true })
  }
}

/** Which of the four private keys a generation holds. */
export async function listKeyFiles({ number, directory }: Generation): Promise<readonly KeyRole[]> {
  if (number === 0) return []
  const names = await namesIn(join(directory, 'keys'))
  return KEY_ROLES.filter((role) => names.includes(`${role}.pem`))
}

/**
 * The signers of a generation, by role.
 *
 * @throws ConfigError `HOME_INCOMPLETE` naming every key that is not there; CryptoError `PASSPHRASE_REQUIRED`,
 * `PASSPHRASE_WRONG`
 */
export async function readSigners<Wanted extends KeyRole>(
  generation: Generation,
  roles: readonly Wanted[],
  passphrase: string | undefined,
): Promise<Readonly<Record<Wanted, Signer>>> {
  const present = await listKeyFiles(generation)
  const missing = roles.filter((role) => !present.includes(role)).map((role) => keyPath('', role))
  if (missing.length > 0) throw incomplete(generation.directory, missing)
  const signers = await Promise.all(
    roles.map(async (role) => [role, await readKeyFile(keyPath(generation.directory, role), { passphrase })] as const),
  )
  return Object.fromEntries(signers) as Record<Wanted, Signer>
}

/**
 * The bytes of a generation's layout.
 *
 * @throws ConfigError `HOME_INCOMPLETE`; ArtifactError `FILE_UNREADABLE`
 */
export async function readLayout(generation: Generation): Promise<Uint8Array> {
  const layout = await readLayoutIfThere(generation)
  if (layout === undefined) throw incomplete(generation.directory, [LAYOUT])
  return layout
}

/** The bytes of a generation's layout; undefined where only a trust root is held. */
export async function readLayoutIfThere({ directory }: Generation): Promise<Uint8Array | undefined> {
  if (!(await namesIn(directory)).includes(LAYOUT)) return undefined
  return readFileBounded(join(directory, LAYOUT), MAX_DOCUMENT_BYTES)
}

async function layOut(directory: string, current: Generation | undefined, draft: GenerationDraft): Promise<void> {
  const { trustRoot, layout, freshKeys = {}, passphrase } = draft
  await mkdir(join(directory, 'keys'), { recursive: true, mode: 0o700 })
  const carried = current === undefined ? [] : await listKeyFiles(current)
  for (const role of KEY_ROLES) {
    const seed = freshKeys[role]
    if (seed !== undefined) await createKeyFile(keyPath(directory, role), seed, { passphrase })
    else if (current !== undefined && carried.includes(role)) {
      await copyFile(keyPath(current.directory, role), keyPath(directory, role))
    }
  }
  if (layout !== undefined) await writeFileAtomic(join(directory, LAYOUT), layout)
  await writeFileAtomic(join(directory, TRUST_ROOT), serializeEnvelope(trustRoot.envelope))
}

/** `keys` and `layout.json` in the home itself are links to those of its current generation: where a person looks. */
async function linkThroughScratch(home: string, directory: string, name: string): Promise<void> {
  const target = relative(home, join(directory, name))
  const linked = await readlink(join(home, name)).catch((cause: unknown) => {
    if (reasonOf(cause) !== 'ENOENT') throw cause
    return undefined
  })
  if (linked === target) return
  await using scratch = await createScratch(home)
  await symlink(target, join(scratch.directory, name))
  await rename(join(scratch.directory, name), join(home, name))
}

function directoryOf(home: string, number: number): string {
  return join(home, 'generations', String(number))
}

function keyPath(directory: string, role: KeyRole): string {
  return join(directory, 'keys', `${role}.pem`)
}

function incomplete(path: string, missing: readonly string[]): ConfigError {
  const message = `${path}: expected ${missing.join(', ')}, got no such file`
  return new ConfigError('HOME_INCOMPLETE', message, { path, missing })
}

/** What a directory holds; nothing where there is none. */
async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((cause: unknown) => {
    const reason = reasonOf(cause)
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return []
    const detail = { path: directory, reason }
    throw new ArtifactError('FILE_UNREADABLE', `cannot read ${directory}: ${reason}`, detail, { cause })
  })
}
