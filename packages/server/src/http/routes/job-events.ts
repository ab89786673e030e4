/** A job while it runs: its events, and what it prints. @module */

import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import { listEvents, watchEvents } from '../../jobs/events.ts'
import { readLog } from '../../jobs/logs.ts'
import type { AppDeps } from '../app-deps.ts'
import { streamEvents } from '../event-stream.ts'
import { problemAnswers, type Router } from '../openapi.ts'
import { readJob } from './read-job.ts'

const idParams = z.object({ id: z.string() })

/** The generator takes what is coerced to take null: what is documented is said here. */
const lastEventId = z.coerce
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .default(0)
  .meta({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 })
const eventsRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}/events',
  tags: ['jobs'],
  summary: 'Follow a job',
  description:
    'Server-sent events, from the first on or from the one after `Last-Event-ID`, until the job has ended. Data are JSON, ' +
    '`job_id`, `attempt` and `at` in all of them. `state`: {`state`, `failure?`}; `started`: {`backend`}; `batch` (not every ' +
    'one): {`epoch`, `epochs`, `batch`, `batches`, `metrics`}; `epoch`: {`epoch`, `epochs`, `metrics`, `seconds_left`}; ' +
    '`retry`, for the infrastructure failed: {`code`, `message`}.',
  request: {
    params: idParams,
    headers: z.object({ 'last-event-id': lastEventId }),
  },
  responses: {
    200: { description: 'Events', content: { 'text/event-stream': { schema: { type: 'string' as const } } } },
    204: { description: 'The job has ended, and all was told: ask no more' },
    ...problemAnswers(400, 401, 403, 404),
  },
})
const logRoute = createRoute({
  method: 'get',
  path: '/jobs/{id}/log',
  tags: ['jobs'],
  summary: 'Read what a job has printed',
  request: { params: idParams },
  responses: {
    200: { description: 'The log so far', content: { 'text/plain': { schema: z.string() } } },
    ...problemAnswers(401, 403, 404),
  },
})

/** Adds the routes. */
export function addJobEvents(router: Router, deps: AppDeps): void {
  const { database, heartbeatSeconds, stopping } = deps
  router.openapi(eventsRoute, async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').id)
    const after = context.req.valid('header')['last-event-id']
    // An EventSource whose stream ended asks again, and again, until it is told that there is no content.
    if (job.endedAt !== undefined && (await listEvents(database, job.id, after, 1)).length === 0) {
      return new Response(null, { status: 204 })
    }
    const events = streamEvents(
      (unheard) => watchEvents(database, job.id, after, AbortSignal.any([unheard, stopping])),
      { heartbeatSeconds },
    )
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
    return new Response(events, { headers })
  })
  router.openapi(logRoute, async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').id)
    return context.text(await readLog(database, job.id), 200)
  })
}
