/** A job's files: one by one, and the bundle of its evidence. @module */

import { TrainingError } from '@aibomgen/core'
import { buildEvidenceBundle } from '@aibomgen/pipeline'
import { createRoute } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'

import { LINK_HOLDER } from '../../auth/principal.ts'
import { findJob } from '../../jobs/job-records.ts'
import type { AppDeps, AppEnv } from '../app-deps.ts'
import { assertLink } from '../artifact-links.ts'
import { answerArtifact, findFile } from '../downloads.ts'
import { problemAnswers, type Router } from '../openapi.ts'
import { readJob } from './read-job.ts'

const idParams = z.object({ id: z.string() })
const bytesAnswer = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } },
})

const artifactRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}/artifacts/{artifact_name{.+}}',
  tags: ['jobs'],
  summary: 'Download an artifact',
  request: {
    params: idParams.extend({ artifact_name: z.string() }),
    headers: z.object({ range: z.string().optional() }),
    query: z.object({
      expires: z.string().optional(),
      signature: z.string().optional().meta({ description: 'In place of a bearer token, with `expires`' }),
    }),
  },
  responses: {
    200: bytesAnswer('The artifact'),
    206: bytesAnswer('A part of it'),
    304: { description: 'It is what the client has' },
    ...problemAnswers(401, 403, 404, 416),
  },
})
const releaseRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}/release',
  tags: ['jobs'],
  summary: 'Download the evidence',
  description: 'An `.aibundle`: all evidence of the release in one JSON document. `aibomgen verify` takes it as it is.',
  request: { params: idParams },
  responses: {
    200: bytesAnswer('The bundle'),
    ...problemAnswers(401, 403, 404, 409),
  },
})

/**
 * Adds what answers links that need no bearer token. It stands before the routes that ask who the caller is, and passes
 * on what is no such link.
 *
 * @param before - told of every link that is tried
 */
export function addArtifactLinks(
  router: Router,
  { database, store, links }: AppDeps,
  before: readonly MiddlewareHandler<AppEnv>[],
): void {
  const path = artifactRoute.getRoutingPath()
  const onlyLinks = (handler: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> =>
    createMiddleware<AppEnv>((context, next) =>
      context.req.query('signature') === undefined ? next() : handler(context, next),
    )
  const answer = createMiddleware<AppEnv>(async (context) => {
    const { id: jobId = '', artifact_name: name = '' }: Readonly<Record<string, string>> = context.req.param()
    const { expires = '', signature = '' } = context.req.query()
    assertLink({ jobId, name }, { expires, signature }, links)
    const job = await findJob(database, jobId)
    if (job === undefined) throw new TrainingError('JOB_NOT_FOUND', `there is no job ${jobId}`, { jobId })
    return answerArtifact(context, store, findFile(job, name))
  })
  const name = createMiddleware<AppEnv>(async (context, next) => {
    context.set('principal', LINK_HOLDER)
    await next()
  })
  for (const handler of [name, ...before, answer]) router.on(['GET'], [path], onlyLinks(handler))
}

/** Adds the routes. */
export function addJobFiles(router: Router, deps: AppDeps): void {
  router.openapi(artifactRoute, async (context) => {
    const { id, artifact_name } = context.req.valid('param')
    const job = await readJob(context, deps, id)
    return answerArtifact(context, deps.store, findFile(job, artifact_name))
  })
  router.openapi(releaseRoute, async (context) => {
    const { id, state, release } = await readJob(context, deps, context.req.valid('param').id)
    if (release === undefined) {
      const detail = { jobId: id, state, expected: ['completed'] }
      throw new TrainingError('JOB_STATE', `job ${id}: expected a completed one, got one that is ${state}`, detail)
    }
    const bundle = await buildEvidenceBundle({ jobId: id, ...release }, deps.store)
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${id}.aibundle"`,
      'content-length': String(bundle.length),
    }
    return new Response(Uint8Array.from(bundle), { headers })
  })
}
