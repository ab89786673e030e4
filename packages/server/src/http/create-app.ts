/** The HTTP API, put together: every route, who may call it, and what becomes of an error. @module */

import { Hono, type MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'

import type { AppDeps, AppEnv, CallKind } from './app-deps.ts'
import { admitVisitors, requireUser } from './auth.ts'
import { createRouter, type Router } from './openapi.ts'
import { answerNotFound, createErrorHandler } from './problem.ts'
import { addDocs } from './routes/docs.ts'
import { addJobEvents } from './routes/job-events.ts'
import { addArtifactLinks, addJobFiles } from './routes/job-files.ts'
import { addJobStatus } from './routes/job-status.ts'
import { addJobs } from './routes/jobs.ts'
import { addOperation } from './routes/operation.ts'
import { addAiboms, addTrust } from './routes/reports.ts'
import { addSubmission } from './routes/submit.ts'
import { addTokens } from './routes/tokens.ts'
import { addVerification } from './routes/verification.ts'
import { addWorkers } from './routes/workers.ts'

/** Which calls are of which kind. */
const CALLS = {
  submit: [['POST', '/submit_job_by_model_and_data']],
  verify: [
    ['POST', '/verify_in-toto_link'],
    ['POST', '/verify_file_hash'],
    ['POST', '/verify_minio_artifacts'],
    ['POST', '/verify_bom_and_link'],
  ],
  'look-up': [['GET', '/aiboms']],
  cancel: [['POST', '/jobs/:id/cancel']],
  revive: [['POST', '/jobs/:id/revive']],
  delete: [['DELETE', '/jobs/:id']],
  download: [
    ['GET', '/jobs/:id/artifacts/:artifact_name{.+}'],
    ['GET', '/jobs/:id/release'],
  ],
  link: [['GET', '/job_artifacts/:job_id/:artifact_name{.+}']],
  read: [
    ['GET', '/job_status/:job_id'],
    ['GET', '/job_artifacts/:job_id'],
    ['GET', '/jobs'],
    ['GET', '/jobs/:id/events'],
    ['GET', '/jobs/:id/log'],
    ['GET', '/workers'],
    ['GET', '/tokens'],
    ['GET', '/'],
    ['GET', '/ui/jobs/:id'],
  ],
  grant: [['POST', '/tokens']],
  revoke: [['DELETE', '/tokens/:id']],
} as const satisfies Record<CallKind, readonly (readonly [method: string, path: string])[]>

/**
 * The API as an app: what `@hono/node-server` serves, and what tests ask by `app.request`.
 *
 * Errors are answered with problem details (RFC 9457); what is the server's own problem goes to `deps.onFailure`, and
 * tells the client its code alone.
 */
export function createApp(deps: AppDeps): Router {
  const app = createRouter()
  app.onError(createErrorHandler(deps.onFailure))
  app.notFound(answerNotFound)
  app.use(nameRequests(deps))
  if (deps.middleware.length > 0) app.use(...deps.middleware)

  addOperation(app, deps)
  addDocs(app, deps.version)
  const verifier = createVerifier(deps)
  app.route('/', verifier)
  // The original's prefixes: on a plain Hono, for an operation has one description.
  app.route('/', new Hono<AppEnv>().route('/verifier', verifier))

  addArtifactLinks(app, deps, deps.before.download ?? [])

  // From here on nothing is answered to strangers, not even that there is no such path.
  app.use(requireUser(deps.authenticate))
  const developer = createDeveloper(deps)
  app.route('/', developer)
  app.route('/', new Hono<AppEnv>().route('/developer', developer))
  // What the developer's routes guard, they guard at the root as well: once is enough.
  guard(app, ['cancel', 'revive', 'delete', 'grant', 'revoke'], deps)
  addJobs(app, deps)
  addJobEvents(app, deps)
  addJobFiles(app, deps)
  addWorkers(app, deps)
  addTokens(app, deps)
  if (deps.pages !== undefined) app.route('/', deps.pages)
  return app
}

/** What anybody may be let in to, where the operator opens verification on purpose. */
function createVerifier(deps: AppDeps): Router {
  const router = createRouter()
  const admit = deps.openVerification ? admitVisitors(deps.authenticate) : requireUser(deps.authenticate)
  guard(router, ['verify', 'look-up'], deps, admit)
  addTrust(router, deps)
  addVerification(router, deps)
  addAiboms(router, deps)
  return router
}

function createDeveloper(deps: AppDeps): Router {
  const router = createRouter()
  guard(router, ['submit', 'download', 'link', 'read'], deps)
  addSubmission(router, deps)
  addJobStatus(router, deps)
  return router
}

/** Names each request, unless a middleware finds a better name for it. */
function nameRequests({ newId }: AppDeps): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (context, next) => {
    context.set('requestId', newId())
    await next()
  })
}

/** Puts what comes before calls of these kinds before them. */
function guard(
  router: Router,
  kinds: readonly CallKind[],
  { before }: AppDeps,
  ...first: readonly MiddlewareHandler<AppEnv>[]
): void {
  for (const kind of kinds) {
    const middleware = [...first, ...(before[kind] ?? [])]
    for (const [method, path] of CALLS[kind]) if (middleware.length > 0) router.on([method], [path], ...middleware)
  }
}
