/** A job's files: one by one, and the bundle of its evidence. @module */

import { TrainingError } from '@aibomgen/core'
import { buildEvidenceBundle } from '@aibomgen/pipeline'
import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import type { AppDeps } from '../app-deps.ts'
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
