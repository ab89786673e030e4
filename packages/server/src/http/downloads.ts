/** Artifacts of a job as HTTP answers: whole, in part, or not again. @module */

import {
  ArtifactError,
  VerificationError,
  type ArtifactDescriptor,
  type ArtifactReader,
  type ByteRange,
} from '@aibomgen/core'
import type { Context } from 'hono'

import type { Job } from '../jobs/job.ts'
import { filesOf } from './routes/job-answers.ts'

/**
 * The file of a job, by its name in the release (`outputs/metrics.json`) or by the last part of it (`metrics.json`), as
 * the original calls it. No two files of a release share one.
 *
 * @throws VerificationError `RELEASE_FILE_MISSING`
 */
export function findFile(job: Job, name: string): ArtifactDescriptor {
  const files = filesOf(job)
  const file = files.find((file) => file.name === name) ?? files.find((file) => fileNameOf(file.name) === name)
  if (file !== undefined) return file
  const message = `job ${job.id}: there is no artifact ${JSON.stringify(name.slice(0, 200))} to be had`
  throw new VerificationError('RELEASE_FILE_MISSING', message, { name })
}

/** The last part of an artifact's name. */
export function fileNameOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/**
 * The artifact as the answer to `context`'s request: RFC 9110 ranges, one at a time, and conditions on its digest. Never
 * shown in a browser, always saved: what a user trained is no page of ours.
 *
 * @throws ArtifactError `ARTIFACT_NOT_FOUND`, `RANGE_INVALID`, `STORE_UNAVAILABLE`
 */
export async function answerArtifact(
  context: Context,
  store: ArtifactReader,
  artifact: ArtifactDescriptor,
): Promise<Response> {
  const { sha256, sizeBytes } = artifact
  const etag = `"${sha256}"`
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${fileNameOf(artifact.name)}"`,
    'x-content-type-options': 'nosniff',
  }
  if (matches(context.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers })

  const condition = context.req.header('if-range')
  const wanted = condition === undefined || condition === etag ? context.req.header('range') : undefined
  const range = parseRange(wanted, sizeBytes)
  const length = range === undefined ? sizeBytes : range.end - range.start
  const lengths = {
    'content-length': String(length),
    ...(range && { 'content-range': `bytes ${range.start}-${range.end - 1}/${sizeBytes}` }),
  }
  const status = range === undefined ? 200 : 206
  if (context.req.method === 'HEAD') return new Response(null, { status, headers: { ...headers, ...lengths } })
  return new Response(await store.open(sha256, range), { status, headers: { ...headers, ...lengths } })
}

/**
 * The bytes that a Range header asks for; undefined for all of them: also for units and lists that are not served, which
 * RFC 9110 lets a server ignore.
 *
 * @throws ArtifactError `RANGE_INVALID` for one that no byte lies in
 * @see RFC 9110, section 14.2
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  // A last byte before the first is no range at all, and not an unsatisfiable one.
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (start < end) return { start, end }
  const message = `expected a range within ${sizeBytes} bytes, got ${header ?? ''}`
  throw new ArtifactError('RANGE_INVALID', message, { start, end, sizeBytes })
}

function matches(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false
  return condition.split(',').some((candidate) => [etag, '*', `W/${etag}`].includes(candidate.trim()))
}
