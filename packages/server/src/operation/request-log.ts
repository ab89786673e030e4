/** Gives each request an id, and each answer a line in the log. @module */

import type { MiddlewareHandler } from 'hono'

import type { AppEnv } from '../http/app-deps.ts'
import type { Logger } from './logger.ts'
import { routeOf } from './route-of.ts'

/** What the request log needs. */
export interface RequestLogDeps {
  readonly logger: Logger
  /** A name that was never given before. */
  readonly newRequestId: () => string
  /** Seconds since some moment, never running backwards. */
  readonly elapsedSeconds: () => number
}

/** Ids from a proxy in front are kept, where they can do no harm in a log or a header. */
const ACCEPTABLE_ID = /^[A-Za-z0-9._-]{8,64}$/

/** Middleware that comes first: one line for each request, with method, route, status and seconds; no query, no body. */
export function createRequestLog(deps: RequestLogDeps): MiddlewareHandler<AppEnv> {
  return async function requestLog(context, next) {
    const offered = context.req.header('x-request-id')
    const requestId = offered !== undefined && ACCEPTABLE_ID.test(offered) ? offered : deps.newRequestId()
    const logger = deps.logger.child({ requestId })
    context.set('requestId', requestId)
    context.set('logger', logger)
    const started = deps.elapsedSeconds()
    await next()
    context.header('x-request-id', requestId)
    const { status } = context.res
    logger[status >= 500 ? 'error' : 'info']('request', {
      method: context.req.method,
      path: context.req.path,
      route: routeOf(context),
      status,
      seconds: Number((deps.elapsedSeconds() - started).toFixed(6)),
      ...(context.error !== undefined && { error: context.error }),
    })
  }
}
