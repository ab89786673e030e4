/** A typed client of the HTTP API: types, and Hono's `hc` over them. Loads nothing of the server. @module */

import type { Hono } from 'hono'
import { hc, type ClientRequestOptions } from 'hono/client'
import type { BlankEnv } from 'hono/types'

import type { JobAnswer } from '../http/routes/job-answers.ts'
import type { ArtifactUrlAnswer, JobArtifactsAnswer, JobStatusAnswer } from '../http/routes/job-status.ts'
import type { JobListAnswer } from '../http/routes/jobs.ts'
import type { AibomsAnswer, TrustAnswer } from '../http/routes/reports.ts'
import type { NewTokenAnswer, TokenAnswer, TokenListAnswer } from '../http/routes/tokens.ts'
import type { WorkerAnswer, WorkersAnswer } from '../http/routes/workers.ts'
import type { JobState } from '../jobs/job.ts'
import type { ReadinessReport } from '../operation/readiness.ts'

export type {
  AibomsAnswer,
  ArtifactUrlAnswer,
  JobAnswer,
  JobArtifactsAnswer,
  JobListAnswer,
  JobState,
  JobStatusAnswer,
  NewTokenAnswer,
  ReadinessReport,
  TokenAnswer,
  TokenListAnswer,
  TrustAnswer,
  WorkerAnswer,
  WorkersAnswer,
}
export type { SubmitAnswer } from '../http/routes/submit.ts'

// Types, for an interface has no index, and Hono asks for one.
/** An operation that is answered with JSON. */
type Operation<Input, Output, Status extends number = 200> = {
  readonly input: Input
  readonly output: Output
  readonly outputFormat: 'json'
  readonly status: Status
}

interface JobParam {
  readonly param: { readonly id: string }
}
interface OriginalJobParam {
  readonly param: { readonly job_id: string }
}

/** What a new token is to be. */
export interface TokenRequest {
  readonly label: string
  readonly owner?: string
  readonly roles?: readonly string[]
  readonly lifetime_days?: number
}

/**
 * The operations by their paths. The answers are the very types that the routes' schemas are held to; a test holds paths
 * and methods to the OpenAPI document.
 */
export type ApiSchema = {
  '/job_status/:job_id': { $get: Operation<OriginalJobParam, JobStatusAnswer> }
  '/job_artifacts/:job_id': { $get: Operation<OriginalJobParam, JobArtifactsAnswer> }
  '/jobs': {
    $get: Operation<
      {
        readonly query: {
          readonly state?: JobState
          readonly limit?: string
          readonly before?: string
          readonly all?: 'true' | 'false'
        }
      },
      JobListAnswer
    >
  }
  '/jobs/:id': { $delete: Operation<JobParam, JobAnswer> }
  '/jobs/:id/cancel': { $post: Operation<JobParam, JobAnswer> }
  '/jobs/:id/revive': { $post: Operation<JobParam, JobAnswer> }
  '/aiboms': { $get: Operation<{ readonly query: { readonly sha256: string } }, AibomsAnswer> }
  '/tokens': {
    $get: Operation<{ readonly query: { readonly all?: 'true' | 'false' } }, TokenListAnswer>
    $post: Operation<{ readonly json: TokenRequest }, NewTokenAnswer, 201>
  }
  '/tokens/:id': { $delete: Operation<JobParam, TokenAnswer> }
  '/trust': { $get: Operation<object, TrustAnswer> }
  '/workers': { $get: Operation<object, WorkersAnswer> }
  '/readyz': { $get: Operation<object, ReadinessReport> }
}

/**
 * A client: `client.job_status[':job_id'].$get({ param: { job_id } })`. A parameter goes into the path as it is: what may hold
 * a slash has to be encoded by `encodeURIComponent`.
 */
export type Client = ReturnType<typeof hc<Hono<BlankEnv, ApiSchema>>>

/**
 * A client of the server at `url`. It believes what it is told: parse an answer of a server that is not yours.
 *
 * Uploads, downloads and event streams are not among it: `hc` gathers a form in memory, and these are as large as they
 * like. Their paths are in `docs/http-api.md`.
 */
export function createClient(url: string, options: ClientRequestOptions = {}): Client {
  return hc<Hono<BlankEnv, ApiSchema>>(url, options)
}
