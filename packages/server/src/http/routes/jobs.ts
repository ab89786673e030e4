/** A user's jobs: listed, cancelled, their files deleted. @module */

import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import { reviveJob } from '../../jobs/attempts.ts'
import { deleteFiles, listJobs, requestCancel } from '../../jobs/job-records.ts'
import { JOB_STATES } from '../../jobs/job.ts'
import { hasRole } from '../../auth/principal.ts'
import type { AppDeps } from '../app-deps.ts'
import { requireRole } from '../auth.ts'
import { answerOf, leftOut, problemAnswers, type Router } from '../openapi.ts'
import { describeJob, jobAnswerSchema, type JobAnswer } from './job-answers.ts'
import { readJob } from './read-job.ts'

/** A page of jobs, the youngest first. */
export interface JobListAnswer {
  readonly jobs: readonly JobAnswer[]
  /** The `before` of the next page; absent on the last one. */
  readonly next?: string
}

const jobListSchema: z.ZodType<JobListAnswer> = z
  .object({ jobs: z.array(jobAnswerSchema), next: leftOut(z.string()) })
  .meta({ id: 'JobList' })

const MAX_PAGE = 200

const idParams = z.object({ id: z.string() })

const listRoute = createRoute({
  method: 'get',
  path: '/jobs',
  tags: ['jobs'],
  summary: 'List jobs',
  request: {
    query: z.object({
      state: z.enum(JOB_STATES).optional(),
      limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
      before: z.string().optional().meta({ description: 'The `next` of the page before' }),
      all: z.enum(['true', 'false']).default('false').meta({ description: 'Everybody’s jobs, for operators' }),
    }),
  },
  responses: { 200: answerOf('A page of jobs', jobListSchema), ...problemAnswers(400, 401, 403, 404) },
})
const cancelRoute = createRoute({
  method: 'post',
  path: '/jobs/{id}/cancel',
  tags: ['jobs'],
  summary: 'Ask for a job’s end',
  description: 'A running job ends within a batch, and is `cancelled` then. One that has ended stays what it is.',
  request: { params: idParams },
  responses: { 200: answerOf('The job', jobAnswerSchema), ...problemAnswers(401, 403, 404) },
})
const reviveRoute = createRoute({
  method: 'post',
  path: '/jobs/{id}/revive',
  tags: ['jobs'],
  summary: 'Try a dead letter again',
  description:
    'For operators. A job that was given up because the infrastructure failed at every attempt (`RETRIES_EXHAUSTED`) goes on ' +
    'from where it had come to, with all its retries. No other job is taken.',
  request: { params: idParams },
  responses: { 200: answerOf('The job', jobAnswerSchema), ...problemAnswers(401, 403, 404, 409) },
})
const deleteRoute = createRoute({
  method: 'delete',
  path: '/jobs/{id}',
  tags: ['jobs'],
  summary: 'Delete a job’s files',
  description: 'Model, data set and trained model of a job that has ended go; its evidence stays.',
  request: { params: idParams },
  responses: { 200: answerOf('The job', jobAnswerSchema), ...problemAnswers(401, 403, 404, 409) },
})

/** Adds the routes. */
export function addJobs(router: Router, deps: AppDeps): void {
  const { database } = deps
  router.openapi(listRoute, async (context) => {
    const { state, limit, before, all } = context.req.valid('query')
    const principal = context.get('principal')
    const isEverybodys = all === 'true' && hasRole(principal, 'operator')
    // One more than asked for tells whether there is another page.
    const found = await listJobs(database, {
      limit: limit + 1,
      ...(!isEverybodys && { owner: principal.id }),
      ...(state && { state }),
      ...(before !== undefined && { before: await readJob(context, deps, before) }),
    })
    const jobs = found.slice(0, limit).map(describeJob)
    const last = jobs.at(-1)
    return context.json({ jobs, ...(found.length > limit && last && { next: last.job_id }) }, 200)
  })
  router.openapi(cancelRoute, async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').id)
    return context.json(describeJob(await requestCancel(database, job.id)), 200)
  })
  router.use(reviveRoute.getRoutingPath(), requireRole('operator'))
  router.openapi(reviveRoute, async (context) => {
    const { id } = await readJob(context, deps, context.req.valid('param').id)
    await reviveJob(database, id)
    return context.json(describeJob(await readJob(context, deps, id)), 200)
  })
  router.openapi(deleteRoute, async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').id)
    return context.json(describeJob(await deleteFiles(database, job.id)), 200)
  })
}
