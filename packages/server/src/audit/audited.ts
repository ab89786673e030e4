/** Writes a call into the audit log before its answer goes out. @module */

import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'

import type { AppVariables } from '../http/app-deps.ts'
import type { AuditEvent, AuditOutcome } from './audit-entry.ts'
import type { AuditLog } from './audit-log.ts'

/** What the middleware reads from a request's context. */
export interface AuditEnv {
  Variables: AppVariables & {
    /** What the call was about, where the handler alone knows: the id of a job that it has just made. */
    auditSubject?: string
  }
}

/**
 * Middleware for routes that only reveal something, and are asked often: as `audited`, but the answer does not wait until
 * the call is written down.
 *
 * @param actionOf - `noun.verb`
 */
export function noted(
  log: Pick<AuditLog, 'note'>,
  actionOf: (context: Context) => string,
  subjectOf: (context: Context) => string,
): MiddlewareHandler<AuditEnv> {
  return createMiddleware<AuditEnv>(async (context, next) => {
    await next()
    await log.note(describeCall(context, actionOf(context), subjectOf))
  })
}

/**
 * Middleware for routes that change or reveal something: once the handler has answered, and before the answer goes
 * out, the call is written down. When it cannot be, the answer is dropped for an error.
 *
 * It stands behind the one that finds the principal. A handler that changes several things writes its own entries, in
 * its own transaction, with `appendAuditEvents`.
 *
 * @param action - `noun.verb`
 * @param subjectOf - from the request; `auditSubject` goes before it
 */
export function audited(
  log: Pick<AuditLog, 'record'>,
  action: string,
  subjectOf: (context: Context) => string = () => '',
): MiddlewareHandler<AuditEnv> {
  return createMiddleware<AuditEnv>(async (context, next) => {
    // A handler that throws has been answered for by the application's error handler when this returns.
    await next()
    try {
      await log.record(describeCall(context, action, subjectOf))
    } catch (error) {
      await context.res.body?.cancel()
      throw error
    }
  })
}

function describeCall(context: Context<AuditEnv>, action: string, subjectOf: (context: Context) => string): AuditEvent {
  return {
    principal: context.get('principal'),
    action,
    subject: context.get('auditSubject') ?? subjectOf(context),
    outcome: outcomeOf(context.res.status),
    requestId: context.get('requestId'),
  }
}

function outcomeOf(status: number): AuditOutcome {
  if (status < 400) return 'done'
  return status < 500 ? 'refused' : 'failed'
}
