/** An honest release to attack: three real jobs, the keys they were signed with, and ways to sign what was tampered with. @module */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  createEd25519Signer,
  parseTimestamp,
  parseTrustRoot,
  seedFromPem,
  utf8Decode,
  utf8Encode,
  type Clock,
  type SignedTrustRoot,
  type Signer,
} from '@aibomgen/core'
import { parseLink, parseMetablock, serializeLink, signMetablock } from '@aibomgen/intoto'
import { expect } from 'vitest'

import {
  createBundleReader,
  verifyRelease,
  type CheckName,
  type VerificationReport,
  type VerifyDeps,
  type VerifyPolicy,
} from '../../src/index.ts'

/** The files of a release by name. */
export type ReleaseFiles = Map<string, Uint8Array>

/** `wine`; the same files with other parameters; the same files with the same parameters, as another job. */
export type ReleaseName = 'wine' | 'other-parameters' | 'same-again'

const VECTORS = fileURLToPath(new URL('../../../../vectors/releases/', import.meta.url))

/** A day on which everything in the vectors is in force. */
export const TODAY: Clock = { now: () => parseTimestamp('2026-12-01T00:00:00Z') }

/** A release, fresh from disk: free to be changed. */
export function loadRelease(name: ReleaseName = 'wine'): ReleaseFiles {
  const directory = join(VECTORS, name)
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => join(directory, path))
  const files = paths.filter((path) => statSync(path).isFile())
  return new Map(files.map((path) => [relative(directory, path), new Uint8Array(readFileSync(path))]))
}

/** The trust root that verifiers of these releases hold; `older` is the version before it. */
export function loadTrustRoot(which: 'current' | 'older' = 'current'): SignedTrustRoot {
  const name = which === 'current' ? 'trust-root.json' : 'trust-root-older.json'
  return parseTrustRoot(new Uint8Array(readFileSync(join(VECTORS, name))))
}

/** The signer of a role. */
export function loadSigner(role: 'owner' | 'intake' | 'worker' | 'issuer'): Promise<Signer> {
  return createEd25519Signer(seedFromPem(readFileSync(join(VECTORS, 'keys', `${role}.pem`), 'utf8')))
}

/** A signer whom nobody knows. */
export function createStranger(): Promise<Signer> {
  return createEd25519Signer(new Uint8Array(32).fill(0x66))
}

/** What the verifier finds in these files. */
export function verify(
  files: ReleaseFiles,
  deps: Partial<VerifyDeps> = {},
  policy: VerifyPolicy = {},
): Promise<VerificationReport> {
  return verifyRelease(createBundleReader(files), { trustRoot: loadTrustRoot(), clock: TODAY, ...deps }, policy)
}

/** The failed checks of a report, each with its code. */
export function failures(report: VerificationReport): Partial<Record<CheckName, string>> {
  return Object.fromEntries(
    report.checks.flatMap((check) => (check.status === 'fail' ? [[check.name, check.code]] : [])),
  )
}

/** Holds that the release fails, and that these checks are among those that say so, with these codes. */
export async function expectFailure(files: ReleaseFiles, expected: Partial<Record<CheckName, string>>): Promise<void> {
  const report = await verify(files)
  expect(report.verdict).toBe('fail')
  expect(failures(report)).toMatchObject(expected)
}

/** The name of the one file whose name begins so. */
export function findFile(files: ReleaseFiles, prefix: string): string {
  const [name, ...others] = [...files.keys()].filter((candidate) => candidate.startsWith(prefix))
  if (name === undefined || others.length > 0) throw new Error(`expected one file ${prefix}…`)
  return name
}

/** The bytes of a file that has to be there. */
export function bytesOf(files: ReleaseFiles, name: string): Uint8Array {
  const bytes = files.get(name)
  if (bytes === undefined) throw new Error(`expected a file ${name}`)
  return bytes
}

/** Flips the lowest bit of one byte in the middle of a file. */
export function flipByte(files: ReleaseFiles, name: string): void {
  const bytes = Uint8Array.from(bytesOf(files, name))
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  files.set(name, bytes)
}

/** Puts `from` in the place of `to` in a text file. */
export function replaceText(files: ReleaseFiles, name: string, from: string | RegExp, to: string): void {
  const before = utf8Decode(bytesOf(files, name))
  const after = before.replace(from, to)
  if (after === before) throw new Error(`expected ${String(from)} in ${name}`)
  files.set(name, utf8Encode(after))
}

/** A link's content, to be changed by a test. */
export type LinkDraft = Record<string, unknown> & {
  name: string
  command: string[]
  materials: Record<string, { sha256: string }>
  products: Record<string, { sha256: string }>
  byproducts: Record<string, unknown>
}

/** Changes the link of a step and signs it again, as the holder of the key could. The file keeps its name. */
export async function resignLink(
  files: ReleaseFiles,
  step: string,
  signer: Signer,
  change: (link: LinkDraft) => void,
): Promise<void> {
  const name = findFile(files, `${step}.`)
  const draft = structuredClone(serializeLink(parseLink(parseMetablock(bytesOf(files, name)).signed))) as LinkDraft
  change(draft)
  files.set(name, await signMetablock(parseLink(draft), [signer]))
}
