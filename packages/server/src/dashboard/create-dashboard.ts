/** The dashboard: pages made here, for a browser that runs nothing of a stranger's. @module */

import { sha256Hex, utf8Encode, type Clock } from '@aibomgen/core'
import { Hono, type Context } from 'hono'
import { html } from 'hono/html'

import { maySee, type Principal } from '../auth/principal.ts'
import type { Database } from '../jobs/database.ts'
import { findJob } from '../jobs/job-records.ts'
import { JOB_STATES, type Job } from '../jobs/job.ts'
import { viewJob } from './job-view.ts'
import { viewJobs } from './jobs-view.ts'
import { readLogTail } from './log-tail.ts'
import { readMetricHistory } from './metric-history.ts'
import { readOverview, type OverviewQuery } from './overview.ts'
import { renderPage, type AssetPaths, type Page } from './page.ts'
import { SCRIPT } from './script.ts'
import { jobName } from './state-badge.ts'
import { STYLESHEET } from './stylesheet.ts'

/** What the dashboard needs. */
export interface DashboardDeps {
  readonly database: Database
  readonly clock: Clock
  /** Who asks: authentication has come before. */
  readonly principalOf: (context: Context) => Principal
}

/** How many epochs a chart shows: more than it has pixels for nobody sees. */
const MAX_EPOCHS = 300
const LOG_LINES = 200

/** The mark in the corner of every page. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18"><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#2453d6"/><stop offset="1" stop-color="#c2560c"/></linearGradient></defs><rect width="18" height="18" rx="5" fill="url(#g)"/></svg>`

const ASSETS: AssetPaths = {
  stylesheet: `/ui/assets/dashboard.${sha256Hex(utf8Encode(STYLESHEET)).slice(0, 16)}.css`,
  script: `/ui/assets/dashboard.${sha256Hex(utf8Encode(SCRIPT)).slice(0, 16)}.js`,
  icon: `/ui/assets/icon.${sha256Hex(utf8Encode(ICON)).slice(0, 16)}.svg`,
}

/** What a page of the dashboard may load and do: what this server serves, and nothing that stands in the page itself. */
export const DASHBOARD_POLICY: string =
  "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `GET /`, `GET /ui/jobs/{id}` and their assets. Readers see their own jobs, operators everybody's. */
export function createDashboard({ database, clock, principalOf }: DashboardDeps): Hono {
  const app = new Hono()

  app.get('/', async (context) => {
    const overview = await readOverview(database, principalOf(context), parseQuery(context))
    return respond(context, { title: 'Jobs', content: viewJobs(overview, clock.now()) })
  })

  app.get('/ui/jobs/:id', async (context) => {
    const job = await findJob(database, context.req.param('id'))
    // Who may not see a job does not learn that there is one.
    if (job === undefined || !maySee(principalOf(context), job.owner)) {
      context.status(404)
      const content = html`<h1>No such job</h1>
        <p>There is no job of yours with this id. <a href="/">All jobs</a></p>`
      return respond(context, { title: 'No such job', content, final: true })
    }
    const [history, logTail] = await Promise.all([
      readMetricHistory(database, job, MAX_EPOCHS),
      readLogTail(database, job, LOG_LINES),
    ])
    return respond(context, {
      title: jobName(job),
      content: viewJob({ job, history, logTail }, clock.now()),
      ...(hasEnded(job) ? { final: true } : { eventsPath: `/jobs/${job.id}/events` }),
    })
  })

  app.get(ASSETS.stylesheet, () => asset(STYLESHEET, 'text/css; charset=utf-8'))
  app.get(ASSETS.icon, () => asset(ICON, 'image/svg+xml'))
  app.get(ASSETS.script, () => asset(SCRIPT, 'text/javascript; charset=utf-8'))
  return app
}

async function respond(context: Context, page: Page): Promise<Response> {
  context.header('content-security-policy', DASHBOARD_POLICY)
  context.header('x-content-type-options', 'nosniff')
  context.header('referrer-policy', 'no-referrer')
  context.header('cache-control', 'no-store')
  return context.html(renderPage(page, ASSETS))
}

/** Its address changes with it, so that it may be kept for ever. */
function asset(text: string, type: string): Response {
  const headers = {
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  }
  return new Response(text, { headers })
}

/** What is asked for; what is no state is passed over, as in an address that somebody typed. */
function parseQuery(context: Context): OverviewQuery {
  const state = JOB_STATES.find((name) => name === context.req.query('state'))
  const before = context.req.query('before')
  return { ...(state !== undefined && { state }), ...(before !== undefined && { before }) }
}

function hasEnded({ state }: Job): boolean {
  return state !== 'queued' && state !== 'running'
}
