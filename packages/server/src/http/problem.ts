/** Errors as HTTP answers: RFC 9457 problem details, and the one table of statuses. @module */

import {
  CryptoError,
  ParseError,
  SdkError,
  TrainingError,
  VerificationError,
  type DocumentProblems,
} from '@aibomgen/core'
import type { ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { STATUS_CODES } from 'node:http'

import { isDatabaseUnavailable } from '../jobs/infrastructure-failure.ts'
import type { AppEnv, RequestFailure } from './app-deps.ts'
import { challengeFor } from './auth.ts'

/** The media type of every answer that is an error. */
export const PROBLEM_TYPE = 'application/problem+json'

/** What an error answers with. */
export interface ProblemDetails {
  /** Says that the status says it all, but for the code. */
  readonly type: 'about:blank'
  /** The status in words. */
  readonly title: string
  readonly status: number
  /** Stable: what programs go by. */
  readonly code: string
  /** For people. Left out where the problem is ours. */
  readonly detail?: string
  /** What is wrong in a document, or in the request. */
  readonly problems?: DocumentProblems['problems']
  readonly request_id: string
}

/** The class says whose problem an error is, and that is its status; these codes say otherwise. */
export const STATUS_BY_CODE: Readonly<Record<string, ContentfulStatusCode>> = {
  LIMIT_EXCEEDED: 413,
  TOKEN_REFUSED: 401,
  ACCESS_DENIED: 403,
  LINK_REFUSED: 403,
  TOKEN_NOT_FOUND: 404,
  RATE_LIMITED: 429,
  RELEASE_FILE_MISSING: 404,
  SIGNING_FAILED: 500,
  PROVIDER_KEYS_UNAVAILABLE: 503,
  ARTIFACT_NOT_FOUND: 404,
  ARTIFACT_TOO_LARGE: 413,
  RANGE_INVALID: 416,
  STORE_UNAVAILABLE: 503,
  DATABASE_UNAVAILABLE: 503,
  JOB_NOT_FOUND: 404,
  JOB_STATE: 409,
  ATTEMPT_SUPERSEDED: 409,
  QUOTA_EXCEEDED: 429,
}

/** The status that an error answers with; 500 for what nobody foresaw. */
export function statusOf(error: unknown): ContentfulStatusCode {
  if (error instanceof HTTPException) return error.status
  if (!isOurs(error)) return isDatabaseUnavailable(error) ? 503 : 500
  const status = STATUS_BY_CODE[error.code]
  if (status !== undefined) return status
  if (error instanceof ParseError) return 400
  if (error instanceof VerificationError || error instanceof CryptoError || error instanceof TrainingError) return 422
  // What is left of a store's errors, and a program put together wrongly, is no client's problem.
  return 500
}

/** Answers errors with problem details. What is our problem is told to `onFailure`, and to the client only as a code. */
export function createErrorHandler(onFailure: (failure: RequestFailure) => void): ErrorHandler<AppEnv> {
  return (error, context) => {
    const status = statusOf(error)
    const requestId = context.get('requestId')
    const { method, path } = context.req
    if (status >= 500) onFailure({ error, requestId, method, path })
    const headers = headersOf(error, status)
    return new Response(JSON.stringify(describeError(error, status, requestId)), { status, headers })
  }
}

/** Answers what no route is for. */
export const answerNotFound: NotFoundHandler<AppEnv> = (context) => {
  const detail = `there is nothing at ${context.req.method} ${context.req.path}`
  const problem = buildProblem({ status: 404, code: 'NOT_FOUND', detail, request_id: context.get('requestId') })
  return new Response(JSON.stringify(problem), { status: 404, headers: { 'content-type': PROBLEM_TYPE } })
}

/** What an error tells a client to do. */
function headersOf(error: unknown, status: number): Headers {
  const headers = new Headers(error instanceof HTTPException ? error.res?.headers : {})
  headers.set('content-type', PROBLEM_TYPE)
  headers.set('cache-control', 'no-store')
  if (status === 503) headers.set('retry-after', '5')
  if (status === 401) headers.set('www-authenticate', challengeFor(error))
  const facts = factsOf(error)
  if ('retryAfterSeconds' in facts) headers.set('retry-after', String(facts.retryAfterSeconds))
  if (status === 416 && 'sizeBytes' in facts) headers.set('content-range', `bytes */${String(facts.sizeBytes)}`)
  return headers
}

function describeError(error: unknown, status: number, requestId: string): ProblemDetails {
  const problem = buildProblem({ status, code: codeOf(error), request_id: requestId })
  if (status >= 500 || !(error instanceof Error)) return problem
  const facts = factsOf(error)
  return {
    ...problem,
    detail: error.message,
    ...('problems' in facts && { problems: (facts as DocumentProblems).problems }),
  }
}

function buildProblem(facts: Omit<ProblemDetails, 'type' | 'title'>): ProblemDetails {
  return { type: 'about:blank', title: STATUS_CODES[facts.status] ?? 'Error', ...facts }
}

function codeOf(error: unknown): string {
  if (isOurs(error)) return error.code
  if (error instanceof HTTPException) return 'HTTP'
  return isDatabaseUnavailable(error) ? 'DATABASE_UNAVAILABLE' : 'INTERNAL'
}

function factsOf(error: unknown): object {
  return isOurs(error) && typeof error.detail === 'object' && error.detail !== null ? error.detail : {}
}

function isOurs(error: unknown): error is SdkError {
  return error instanceof SdkError
}
