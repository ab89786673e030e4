/** Which release a document belongs to, and whether that release holds. @module */

import { parseBom, PROPERTY_NAMES } from '@aibomgen/bom'
import { sha256Hex, type JsonObject } from '@aibomgen/core'
import { parseLink, parseSignedFile, type Link } from '@aibomgen/intoto'
import { isBundled, verifyRelease, type VerificationReport } from '@aibomgen/verify'

import { findJob, findReleasesBySha256 } from '../jobs/job-records.ts'
import type { Job, JobRelease } from '../jobs/job.ts'
import type { AppDeps } from './app-deps.ts'
import { openStoredRelease, type ReleaseView } from './store-release.ts'

/** What verifying needs. */
export type EvidenceDeps = Pick<AppDeps, 'database' | 'store' | 'clock' | 'readTrust'>

/** A completed job. */
export interface ReleasedJob {
  readonly job: Job
  readonly release: JobRelease
}

/** A link that belongs to a release here, and what was found of it. */
export interface JudgedLink {
  readonly link: Link
  /** The release that holds exactly these bytes; undefined when none does. */
  readonly source?: ReleasedJob
  /** Of that release's evidence; undefined where there is no release. */
  readonly report?: VerificationReport
}

/** An AIBoM, and what was found of it and its release. */
export interface JudgedBom {
  /** Of the whole release; undefined where there is none that the AIBoM could be of. */
  readonly report?: VerificationReport
}

/**
 * Judges a link by its chain: the other links and the layout are those of the release that holds exactly these bytes.
 *
 * @throws ParseError when `bytes` are no link
 */
export async function judgeLink(bytes: Uint8Array, deps: EvidenceDeps): Promise<JudgedLink> {
  const link = parseLink(parseSignedFile(bytes, 'link').value)
  const source = await findRelease(bytes, deps, (name) => name.endsWith('.link'))
  if (source === undefined) return { link }
  // A link's chain is documents: the model is not read for it.
  const report = await judge(source.release, deps, { includes: ({ name, sizeBytes }) => isBundled(name, sizeBytes) })
  return { link, source, report }
}

/**
 * Judges an AIBoM with all of the release that it is, or says it is, the AIBoM of; every stored file is hashed again.
 *
 * @throws ParseError when `bytes` are no AIBoM
 */
export async function judgeBom(bytes: Uint8Array, deps: EvidenceDeps): Promise<JudgedBom> {
  const bom = parseBom(bytes)
  const source = (await findRelease(bytes, deps, (name) => name === 'aibom.json')) ?? (await findClaimed(bom, deps))
  if (source === undefined) return {}
  return { report: await judge(source.release, deps, { replaced: new Map([['aibom.json', bytes]]) }) }
}

async function judge(release: JobRelease, deps: EvidenceDeps, view: ReleaseView): Promise<VerificationReport> {
  const { trustRoot } = await deps.readTrust()
  return verifyRelease(openStoredRelease(release, deps.store, view), { trustRoot, clock: deps.clock })
}

async function findRelease(
  bytes: Uint8Array,
  { database }: EvidenceDeps,
  isIt: (name: string) => boolean,
): Promise<ReleasedJob | undefined> {
  const sha256 = sha256Hex(bytes)
  for (const job of await findReleasesBySha256(database, sha256)) {
    const { release } = job
    if (release?.files.some((file) => file.sha256 === sha256 && isIt(file.name)) === true) return { job, release }
  }
  return undefined
}

/** The release of the job that an AIBoM names. Whether it is that job's is for the checks to say. */
async function findClaimed(bom: JsonObject, { database }: EvidenceDeps): Promise<ReleasedJob | undefined> {
  const { metadata } = bom
  const properties: unknown = isObject(metadata) ? metadata['properties'] : undefined
  const listed: readonly unknown[] = Array.isArray(properties) ? properties : []
  const jobId = listed.filter(isObject).find(({ name }) => name === PROPERTY_NAMES.jobId)?.['value']
  const job = typeof jobId === 'string' ? await findJob(database, jobId) : undefined
  return job?.release === undefined ? undefined : { job, release: job.release }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
