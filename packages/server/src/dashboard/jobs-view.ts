/** The first page: jobs, queue and workers. @module */

import type { Timestamp } from '@aibomgen/core'
import { html } from 'hono/html'

import { JOB_STATES, type Job } from '../jobs/job.ts'
import { formatMetric, formatSeconds, formatTime, secondsBetween } from './format.ts'
import type { Overview } from './overview.ts'
import type { Markup } from './page.ts'
import { jobName, progressBar, stateBadge } from './state-badge.ts'
import { viewWorkers } from './workers-view.ts'

/** The page's content at `now`. */
export function viewJobs(overview: Overview, now: Timestamp): Markup {
  const { query, counts, jobs, more, waiting, isOperator } = overview
  const last = jobs.at(-1)
  return html`<h1>Jobs</h1>
    <ul class="tiles" aria-label="Jobs by state">
      ${JOB_STATES.map(
        (state) =>
          html`<li>
            <a class="tile" href="/?state=${state}" ${query.state === state ? html`aria-current="true"` : ''}>
              <b>${counts[state]}</b>${stateBadge(state)}
            </a>
          </li>`,
      )}
    </ul>
    <p class="note">
      ${waiting === 1 ? '1 job waits' : `${waiting} jobs wait`} for a
      worker.${query.state === undefined ? '' : html` Shown: ${query.state}. <a href="/">Show all</a>`}
    </p>
    ${
      jobs.length === 0
        ? html`<p class="empty">
            No jobs
            here${query.state === undefined ? html` yet. <code>aibomgen submit</code> sends the first one.` : '.'}
          </p>`
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Model</th>
                  <th scope="col">State</th>
                  <th scope="col">Progress</th>
                  <th scope="col">Metrics</th>
                  ${isOperator ? html`<th scope="col">Owner</th>` : ''}
                  <th scope="col">Submitted</th>
                  <th scope="col" class="number">Took</th>
                </tr>
              </thead>
              <tbody>
                ${jobs.map((job) => viewRow(job, isOperator, now))}
              </tbody>
            </table>
          </div>`
    }
    ${
      more && last !== undefined
        ? html`<p>
            <a class="button" href="/?before=${last.id}${query.state === undefined ? '' : `&state=${query.state}`}"
              >Older jobs</a
            >
          </p>`
        : ''
    }
    ${viewWorkers(overview, now)}`
}

function viewRow(job: Job, isOperator: boolean, now: Timestamp): Markup {
  const { id, state, progress, owner, submittedAt, startedAt, endedAt, failure } = job
  return html`<tr>
    <th scope="row">
      <a href="/ui/jobs/${id}"><bdi>${jobName(job)}</bdi></a>
      <span class="note"><code>${id.slice(0, 8)}</code></span>
    </th>
    <td>${stateBadge(state)}${failure === undefined ? '' : html` <span class="note">${failure.code}</span>`}</td>
    <td>${progressBar(job)}</td>
    <td>${viewLatest(progress?.metrics ?? {})}</td>
    ${isOperator ? html`<td class="owner"><bdi>${owner}</bdi></td>` : ''}
    <td><time datetime="${submittedAt}">${formatTime(submittedAt)}</time></td>
    <td class="number">${startedAt === undefined ? '' : formatSeconds(secondsBetween(startedAt, endedAt ?? now))}</td>
  </tr>`
}

/** A few of the latest values, loss first. */
function viewLatest(metrics: Readonly<Record<string, number>>): Markup {
  const shown = Object.entries(metrics)
    .filter(([name]) => !name.startsWith('val_'))
    .sort(([a], [b]) => (a === 'loss' ? -1 : b === 'loss' ? 1 : a < b ? -1 : 1))
    .slice(0, 2)
  return html`${shown.map(([name, value]) => html`<span class="metric"><bdi>${name}</bdi> ${formatMetric(value)}</span> `)}`
}
