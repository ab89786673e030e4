/** The original's reading operations: a job's status, its artifacts, and where one can be had. @module */

import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'

import type { Job } from '../../jobs/job.ts'
import type { AppDeps } from '../app-deps.ts'
import { signLink } from '../artifact-links.ts'
import { findFile, fileNameOf } from '../downloads.ts'
import { answerOf, leftOut, problemAnswers, type Router } from '../openapi.ts'
import { describeJob, filesOf, jobAnswerSchema, type JobAnswer } from './job-answers.ts'
import { readJob } from './read-job.ts'

/** A job's status: the original's members and words, and ours in `state` and `job`. */
export interface JobStatusAnswer {
  readonly job_id: string
  readonly status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled'
  readonly state: JobAnswer['state']
  /** There once the job has ended. */
  readonly result?: {
    readonly training_status: string
    readonly unique_dir: string
    readonly job_id: string
    readonly message: string
    readonly output_artifacts: readonly string[]
  }
  readonly job: JobAnswer
}

/** Every artifact of a job, as `<unique_dir>/<name in the release>`. */
export interface JobArtifactsAnswer {
  readonly job_id: string
  readonly artifacts: readonly string[]
}

/** Where an artifact can be had, for a while at least. */
export interface ArtifactUrlAnswer {
  readonly artifact_name: string
  readonly url: string
}

const jobStatusSchema: z.ZodType<JobStatusAnswer> = z
  .object({
    job_id: z.string(),
    status: z.enum(['pending', 'running', 'completed', 'failed', 'cancelled']),
    state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
    result: leftOut(
      z.object({
        training_status: z.string(),
        unique_dir: z.string(),
        job_id: z.string(),
        message: z.string(),
        output_artifacts: z.array(z.string()),
      }),
    ),
    job: jobAnswerSchema,
  })
  .meta({ id: 'JobStatus' })
const jobArtifactsSchema: z.ZodType<JobArtifactsAnswer> = z
  .object({ job_id: z.string(), artifacts: z.array(z.string()) })
  .meta({ id: 'JobArtifacts' })
const artifactUrlSchema: z.ZodType<ArtifactUrlAnswer> = z
  .object({ artifact_name: z.string(), url: z.string() })
  .meta({ id: 'ArtifactUrl' })

const jobIdParams = z.object({ job_id: z.string() })

const statusRoute = createRoute({
  method: 'get',
  path: '/job_status/{job_id}',
  tags: ['developer'],
  summary: 'Check a job’s status',
  request: { params: jobIdParams },
  responses: { 200: answerOf('Where the job stands', jobStatusSchema), ...problemAnswers(401, 403, 404) },
})
const artifactsRoute = createRoute({
  method: 'get',
  path: '/job_artifacts/{job_id}',
  tags: ['developer'],
  summary: 'List a job’s artifacts',
  request: { params: jobIdParams },
  responses: {
    200: answerOf('What the job made; nothing before it is completed', jobArtifactsSchema),
    ...problemAnswers(401, 403, 404),
  },
})
const artifactUrlRoute = createRoute({
  method: 'get',
  path: '/job_artifacts/{job_id}/{artifact_name{.+}}',
  tags: ['developer'],
  summary: 'Find out where an artifact can be had',
  description: 'The URL needs no bearer token, and works for a while: whoever has it has the artifact.',
  request: { params: jobIdParams.extend({ artifact_name: z.string() }) },
  responses: { 200: answerOf('A URL', artifactUrlSchema), ...problemAnswers(401, 403, 404) },
})

/** Adds the routes. */
export function addJobStatus(router: Router, deps: AppDeps): void {
  router.openapi(statusRoute, async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').job_id)
    return context.json(describeStatus(job), 200)
  })
  router.openapi(artifactsRoute, async (context) => {
    const job = await readJob(context, deps, context.req.valid('param').job_id)
    const artifacts = filesOf(job).map(({ name }) => `${job.id}/${name}`)
    return context.json({ job_id: job.id, artifacts }, 200)
  })
  router.openapi(artifactUrlRoute, async (context) => {
    const { job_id, artifact_name } = context.req.valid('param')
    const job = await readJob(context, deps, job_id)
    const file = findFile(job, artifact_name)
    const base = deps.publicUrl ?? new URL(context.req.url).origin
    const query = new URLSearchParams({ ...signLink({ jobId: job.id, name: file.name }, deps.links) })
    const proxied = `${base}/jobs/${job.id}/artifacts/${file.name}?${query.toString()}`
    const url = deps.presign === undefined ? proxied : await deps.presign(file, fileNameOf(file.name))
    return context.json({ artifact_name: fileNameOf(file.name), url }, 200)
  })
}

function describeStatus(job: Job): JobStatusAnswer {
  const { id, state } = job
  const status = state === 'queued' ? 'pending' : state
  const message = messageOf(job)
  const answer = { job_id: id, status, state, job: describeJob(job) } as const
  if (message === undefined) return answer
  const outputs = filesOf(job).filter(({ name }) => !name.startsWith('inputs/'))
  const result = {
    training_status: `training job ${state}`,
    unique_dir: id,
    job_id: id,
    message,
    output_artifacts: outputs.map(({ name }) => fileNameOf(name)),
  }
  return { ...answer, result }
}

/** What the original says of a job that has ended, and what it should have said. */
function messageOf({ state, failure }: Job): string | undefined {
  switch (state) {
    case 'queued':
    case 'running':
      return undefined
    case 'completed':
      return 'Training completed successfully and AIBoM generated.'
    case 'failed':
      return failure === undefined ? 'Training failed.' : `${failure.code}: ${failure.message}`
    case 'cancelled':
      return 'Training was cancelled.'
  }
}
