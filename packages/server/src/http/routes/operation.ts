/** Whether the server lives, whether it can do its work, and what it counts. @module */

import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import type { ReadinessReport } from '../../operation/readiness.ts'
import type { AppDeps } from '../app-deps.ts'
import { answerOf, leftOut, type Router } from '../openapi.ts'

const readinessSchema: z.ZodType<ReadinessReport> = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: z.enum(['database', 'store']), ok: z.boolean(), reason: leftOut(z.string()) })),
  })
  .meta({ id: 'Readiness' })

const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['operation'],
  summary: 'Ask whether the server lives',
  security: [],
  responses: { 200: answerOf('It does', z.object({ status: z.literal('ok') })) },
})
const readinessRoute = createRoute({
  method: 'get',
  path: '/readyz',
  tags: ['operation'],
  summary: 'Ask whether the server can do its work',
  security: [],
  responses: {
    200: answerOf('It can', readinessSchema),
    503: answerOf('Its database or its store does not answer', readinessSchema),
  },
})

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['operation'],
  summary: 'Read what Prometheus asks for',
  description: 'It says nothing of single users or jobs.',
  security: [],
  responses: { 200: { description: 'Metrics', content: { 'text/plain': { schema: { type: 'string' as const } } } } },
})

/** Adds the routes, and `/metrics` where there are any. */
export function addOperation(router: Router, { checkReadiness, metrics }: AppDeps): void {
  router.openapi(healthRoute, (context) => context.json({ status: 'ok' as const }, 200))
  router.openapi(readinessRoute, async (context) => {
    const report = await checkReadiness()
    return context.json(report, report.ready ? 200 : 503)
  })
  if (metrics === undefined) return
  router.openAPIRegistry.registerPath(metricsRoute)
  router.get(metricsRoute.path, metrics)
}
