/** What the platform tells operators of its workers. @module */

import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import type { WorkerReport } from '../../jobs/job.ts'
import { listWorkers } from '../../jobs/workers.ts'
import type { AppDeps } from '../app-deps.ts'
import { requireRole } from '../auth.ts'
import { answerOf, leftOut, problemAnswers, type Router } from '../openapi.ts'

/** A worker that was heard of, and what it says of itself. Times are RFC 3339 in UTC. */
export interface WorkerAnswer {
  readonly id: string
  readonly keyid: string
  readonly isolation: {
    readonly name: string
    readonly keys: string
    /** By the resource's name, as `environment.json` has it but for its spelling: `file_system`. */
    readonly resources: Readonly<Record<string, EnforcementAnswer>>
    readonly image?: string
  }
  readonly backends: readonly string[]
  readonly cpu: string
  readonly version: string
  readonly started_at: string
  readonly last_seen_at: string
  /** The job that it runs just now. */
  readonly job_id?: string
}

/** Whether a resource is confined: by what, or why not. */
export type EnforcementAnswer = WorkerReport['isolation']['resources']['network']

/** The workers that were heard of, the one seen last first. */
export interface WorkersAnswer {
  readonly workers: readonly WorkerAnswer[]
}

const enforcementSchema: z.ZodType<EnforcementAnswer> = z.union([
  z.object({ status: z.literal('enforced'), by: z.string() }),
  z.object({ status: z.literal('not-enforced'), reason: z.string() }),
])
const workerSchema: z.ZodType<WorkerAnswer> = z
  .object({
    id: z.string(),
    keyid: z.string(),
    isolation: z.object({
      name: z.string(),
      keys: z.string(),
      resources: z.record(z.string(), enforcementSchema),
      image: leftOut(z.string()),
    }),
    backends: z.array(z.string()),
    cpu: z.string(),
    version: z.string(),
    started_at: z.string(),
    last_seen_at: z.string(),
    job_id: leftOut(z.string()),
  })
  .meta({ id: 'Worker' })
const workersSchema: z.ZodType<WorkersAnswer> = z.object({ workers: z.array(workerSchema) }).meta({ id: 'Workers' })

const workersRoute = createRoute({
  method: 'get',
  path: '/workers',
  tags: ['operation'],
  summary: 'List workers',
  description: 'For operators. What a worker says of itself is its claim; what it did stands in its links.',
  responses: { 200: answerOf('Workers', workersSchema), ...problemAnswers(401, 403) },
})

/** Adds `GET /workers`, for operators. */
export function addWorkers(router: Router, { database }: AppDeps): void {
  router.use(workersRoute.getRoutingPath(), requireRole('operator'))
  router.openapi(workersRoute, async (context) => {
    return context.json({ workers: (await listWorkers(database)).map(describeWorker) }, 200)
  })
}

function describeWorker(worker: WorkerReport): WorkerAnswer {
  const { id, keyid, isolation, backends, cpu, version, startedAt, lastSeenAt, jobId } = worker
  const { name, keys, resources, image } = isolation
  const spelled = Object.entries<EnforcementAnswer>(resources).map(
    ([resource, enforcement]) => [toSnakeCase(resource), enforcement] as const,
  )
  return {
    id,
    keyid,
    isolation: { name, keys, resources: Object.fromEntries(spelled), ...(image !== undefined && { image }) },
    backends,
    cpu,
    version,
    started_at: startedAt,
    last_seen_at: lastSeenAt,
    ...(jobId !== undefined && { job_id: jobId }),
  }
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
