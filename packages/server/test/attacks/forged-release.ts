/** What somebody could do who writes into database and store, or who holds one key too many. @module */

import { utf8Decode, type Sha256Hex, type Signer } from '@aibomgen/core'
import { parseLink, parseMetablock, serializeLink, signMetablock } from '@aibomgen/intoto'
import { serializeReleaseIndex } from '@aibomgen/verify'
import { eq } from 'drizzle-orm'

import { findJob } from '../../src/jobs/job-records.ts'
import type { JobRelease } from '../../src/jobs/job.ts'
import { jobFiles, jobs } from '../../src/jobs/schema.ts'
import { fileForm, type Api, type Json } from '../http/api.ts'

/** A link's content, to be changed by a test. */
export type LinkDraft = Record<string, unknown> & {
  command: string[]
  materials: Record<string, { sha256: string }>
  products: Record<string, { sha256: string }>
}

/** A link with a change, signed as whoever holds the key could. */
export async function resign(
  link: Uint8Array,
  signer: Signer,
  change: (draft: LinkDraft) => void = () => undefined,
): Promise<Uint8Array> {
  const draft = structuredClone(serializeLink(parseLink(parseMetablock(link).signed))) as LinkDraft
  change(draft)
  return signMetablock(parseLink(draft), [signer])
}

/** The signer that the test platform gives to a role. */
export function signerOf(api: Api, role: 'worker'): Signer
export function signerOf(api: Api, role: 'intake'): Signer
export function signerOf(api: Api, role: 'worker' | 'intake'): Signer {
  return role === 'worker' ? api.platform.workerDeps(api.database).workerSigner : api.deps.intakeSigner
}

/** A completed job's release. */
export async function releaseOf(api: Api, jobId: string): Promise<JobRelease> {
  const release = (await findJob(api.database, jobId))?.release
  if (release === undefined) throw new Error(`expected job ${jobId} to have a release`)
  return release
}

/** The full name of the one file of a release that begins so. */
export async function nameOf(api: Api, jobId: string, prefix: string): Promise<string> {
  const { files } = await releaseOf(api, jobId)
  const [file, ...others] = files.filter(({ name }) => name.startsWith(prefix))
  if (file === undefined || others.length > 0) throw new Error(`expected one file ${prefix}…`)
  return file.name
}

/** A file of a release, as its owner downloads it. */
export async function download(api: Api, jobId: string, name: string, user = 'alice'): Promise<Uint8Array> {
  const answer = await api.ask(`/jobs/${jobId}/artifacts/${name}`, { user })
  if (answer.status !== 200) throw new Error(`expected ${name}, got ${answer.status}: ${await answer.text()}`)
  return new Uint8Array(await answer.arrayBuffer())
}

/** Puts other files in the place of an honest release's own, with an index that agrees, as if it had been published so. */
export async function replaceFiles(
  api: Api,
  { jobId, files }: { readonly jobId: string } & Pick<JobRelease, 'files'>,
  replaced: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  const store = async (bytes: Uint8Array): Promise<{ sha256: Sha256Hex; sizeBytes: number }> =>
    api.platform.store.put(
      (async function* () {
        yield bytes
      })(),
      { maxBytes: bytes.length },
    )
  const changed = await Promise.all(
    files.map(async (file) => {
      const bytes = replaced[file.name]
      return bytes === undefined ? file : { name: file.name, ...(await store(bytes)) }
    }),
  )
  const index = { name: 'release.json', ...(await store(serializeReleaseIndex({ jobId, files: changed }))) }
  const { db } = api.database
  await db
    .update(jobs)
    .set({ release: { index, files: changed } })
    .where(eq(jobs.id, jobId))
  await db.delete(jobFiles).where(eq(jobFiles.jobId, jobId))
  await db.insert(jobFiles).values([...changed, index].map(({ name, sha256 }) => ({ jobId, name, sha256 })))
}

/** What a verification answers to anybody. */
export async function verify(
  api: Api,
  path: string,
  files: Readonly<Record<string, Uint8Array | File>>,
): Promise<Json> {
  const answer = await api.ask(path, { user: 'bob', method: 'POST', body: fileForm(files) })
  if (answer.status !== 200) throw new Error(`expected an answer, got ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

/** The bytes with one text in the place of another that has to be in them. */
export function edited(bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array {
  const before = utf8Decode(bytes)
  const after = before.replace(from, to)
  if (after === before) throw new Error(`expected ${String(from)}`)
  return new TextEncoder().encode(after)
}
