/** What Prometheus is told: where the platform stands, and what this process does. @module */

import type { Clock } from '@aibomgen/core'
import type { Context, Handler, MiddlewareHandler } from 'hono'
import { Counter, Histogram, Registry } from 'prom-client'

import type { AppEnv } from '../http/app-deps.ts'
import type { Logger } from './logger.ts'
import { describePlatform } from './platform-metrics.ts'
import type { PlatformState } from './platform-state.ts'
import { routeOf } from './route-of.ts'
import { withinSeconds } from './time-limit.ts'

/** What metrics need. */
export interface MetricsDeps {
  /** Asked at every scrape; the database is taken to be down when it throws or is late. */
  readonly readState: () => Promise<PlatformState>
  readonly clock: Clock
  /** Seconds since some moment, never running backwards. */
  readonly elapsedSeconds: () => number
  /** How long a scrape waits for `readState`. */
  readonly timeoutSeconds: number
  readonly logger: Logger
}

/** How a verification ended. What was refused was the caller's mistake; an `error` is ours, or something was away. */
export type VerificationOutcome = 'success' | 'failure' | 'refused' | 'error'

/** Metrics of one process. */
export interface Metrics {
  /** Answers `GET /metrics`; with 200 also while the database is down, and says so in `aibomgen_database_up`. */
  readonly handler: Handler
  /**
   * Comes before every route: counts and times answers by route and status, verifications by endpoint and outcome, and
   * counts the bytes of files as they come in.
   */
  readonly middleware: MiddlewareHandler<AppEnv>
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Metrics in a registry of their own: two servers in one process do not mix. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const registry = new Registry()
  const requests = new Histogram({
    name: 'aibomgen_http_request_seconds',
    help: 'Time until an answer began, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  const uploads = new Counter({
    name: 'aibomgen_upload_bytes_total',
    help: 'Bytes of files that came in, by form field',
    labelNames: ['field'],
    registers: [registry],
  })
  const verifications = new Histogram({
    name: 'aibomgen_verification_seconds',
    help: 'Time until a verification was answered, its upload among it, by endpoint and outcome',
    labelNames: ['kind', 'outcome'],
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  })
  return {
    async handler() {
      const platform = describePlatform(await readState(deps), deps.clock.now())
      const text = `${await platform.metrics()}\n${await registry.metrics()}`
      return new Response(text, { headers: { 'content-type': registry.contentType } })
    },
    async middleware(context, next) {
      context.set('countUpload', (field, sizeBytes) => uploads.inc({ field }, sizeBytes))
      const started = deps.elapsedSeconds()
      await next()
      const seconds = deps.elapsedSeconds() - started
      // Labels out of small sets only: what a stranger types must not become a series of its own.
      const { method } = context.req
      const route = routeOf(context)
      requests.observe({ method: METHODS.has(method) ? method : 'other', route, status: context.res.status }, seconds)
      const [kind] = /verify_[^/]+$/.exec(route) ?? []
      if (kind !== undefined) verifications.observe({ kind, outcome: outcomeOf(context) }, seconds)
    },
  }
}

function outcomeOf(context: Context<AppEnv>): VerificationOutcome {
  const { status } = context.res
  if (status >= 400) return status < 500 ? 'refused' : 'error'
  return context.get('verdict') ?? 'error'
}

async function readState(deps: MetricsDeps): Promise<PlatformState | undefined> {
  try {
    return await withinSeconds(deps.timeoutSeconds, deps.readState())
  } catch (error) {
    deps.logger.warn('the database could not be asked for metrics', { error })
    return undefined
  }
}
