/** Traces: what one submission causes, on every machine, as one tree. Nothing is recorded where no SDK was set up. @module */

import {
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api'
import { SdkError } from '@aibomgen/core'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'

import type { AppEnv } from '../http/app-deps.ts'
import { routeOf } from './route-of.ts'

/** What a span is, and what it is a part of. */
export interface SpanFacts {
  /** A `traceparent` (W3C Trace Context), of another process too; without one, or with one that is none, a new trace. */
  readonly parent?: string | undefined
  readonly kind?: 'server' | 'producer' | 'consumer' | 'internal'
  readonly attributes?: Attributes
}

const KINDS = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const
const TRACE_PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/**
 * What `work` gives, within a span. It ends as the work does; of an error it tells the code alone.
 *
 * @param work - is given the span's own `traceparent`, for what goes on elsewhere; nothing where nothing is recorded
 */
export async function inSpan<T>(
  name: string,
  { parent, kind = 'internal', attributes = {} }: SpanFacts,
  work: (traceParent: string | undefined, span: Span) => Promise<T>,
): Promise<T> {
  const tracer = trace.getTracer('@aibomgen/server')
  const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent))
  try {
    return await work(traceParentOf(span), span)
  } catch (error) {
    const message = error instanceof SdkError ? String(error.code) : 'INTERNAL'
    span.setStatus({ code: SpanStatusCode.ERROR, message })
    throw error
  } finally {
    span.end()
  }
}

/** Middleware: a span for every request, within the trace of a client that has one. */
export function traceRequests(): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>((context, next) => {
    const { method } = context.req
    const facts = { kind: 'server', parent: context.req.header('traceparent') } as const
    return inSpan(method, facts, async (traceParent, span) => {
      if (traceParent !== undefined) context.set('traceParent', traceParent)
      await next()
      const { status } = context.res
      const route = routeOf(context)
      span.updateName(`${method} ${route}`)
      span.setAttributes({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'aibomgen.request.id': context.get('requestId'),
      })
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    })
  })
}

function contextOf(parent: string | undefined): Context {
  const [, traceId, spanId, flags] = TRACE_PARENT.exec(parent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT
}

function traceParentOf(span: Span): string | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext()
  if (!isSpanContextValid(span.spanContext())) return undefined
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}
