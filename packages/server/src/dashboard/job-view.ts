/** A job's own page: where it stands, its metrics, what went in and what came out. @module */

import type { ArtifactDescriptor, Timestamp } from '@aibomgen/core'
import { html } from 'hono/html'

import { filesOf } from '../http/routes/job-answers.ts'
import type { Job } from '../jobs/job.ts'
import { formatBytes, formatMetric, formatSeconds, formatTime, secondsBetween } from './format.ts'
import { drawChart, planCharts } from './metric-chart.ts'
import type { EpochMetrics } from './metric-history.ts'
import type { Markup } from './page.ts'
import { jobName, progressBar, stateBadge } from './state-badge.ts'

/** A job with what its page shows of it. */
export interface JobDetails {
  readonly job: Job
  readonly history: readonly EpochMetrics[]
  readonly logTail: string
}

/** The page's content at `now`. */
export function viewJob({ job, history, logTail }: JobDetails, now: Timestamp): Markup {
  const { id, state, attempt, failure, submittedAt, startedAt, endedAt, record, inputs, release } = job
  return html`<p class="crumb"><a href="/">Jobs</a></p>
    <h1><bdi>${jobName(job)}</bdi> ${stateBadge(state)}</h1>
    ${state === 'running' || state === 'queued' ? progressBar(job) : ''}
    ${
      failure === undefined
        ? ''
        : html`<div class="alert" role="note"><b>${failure.code}</b> <bdi>${failure.message}</bdi></div>`
    }
    <dl class="facts">
      ${fact('Job', html`<code>${id}</code>`)} ${fact('Submitted', formatTime(submittedAt))}
      ${startedAt === undefined ? '' : fact('Started', formatTime(startedAt))}
      ${endedAt === undefined ? '' : fact('Ended', formatTime(endedAt))}
      ${startedAt === undefined ? '' : fact('Took', formatSeconds(secondsBetween(startedAt, endedAt ?? now)))}
      ${attempt > 1 ? fact('Attempt', String(attempt)) : ''}
      ${release === undefined ? '' : fact('Evidence', html`<a href="/jobs/${id}/release">Download the bundle</a>`)}
    </dl>
    ${viewMetrics(history)}
    <div class="columns">
      ${viewPairs('Parameters', record.parameters)}
      ${Object.keys(record.metadata).length === 0 ? '' : viewPairs('Description', record.metadata)}
    </div>
    ${viewFiles('Inputs', Object.values(inputs))}
    ${release === undefined ? '' : viewFiles('Release', [release.index, ...release.files], job)}
    ${
      logTail === ''
        ? ''
        : html`<section>
            <h2 id="log">Log</h2>
            <pre tabindex="0" aria-labelledby="log">${logTail}</pre>
          </section>`
    }`
}

function fact(name: string, value: string | Markup): Markup {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
}

function viewMetrics(history: readonly EpochMetrics[]): Markup {
  const charts = planCharts(history)
  if (charts.length === 0) return html``
  const names = [...new Set(history.flatMap(({ metrics }) => Object.keys(metrics)))].sort()
  return html`<section aria-labelledby="metrics">
    <h2 id="metrics">Metrics</h2>
    <div class="charts">${charts.map(drawChart)}</div>
    <details>
      <summary>Values of the last epochs</summary>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Epoch</th>
              ${names.map((name) => html`<th scope="col" class="number"><bdi>${name}</bdi></th>`)}
            </tr>
          </thead>
          <tbody>
            ${history.slice(-20).map(
              ({ epoch, metrics }) =>
                html`<tr>
                  <th scope="row">${epoch}</th>
                  ${names.map((name) => html`<td class="number">${cell(metrics[name])}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  </section>`
}

function cell(value: number | undefined): string {
  return value === undefined ? '' : formatMetric(value)
}

function viewPairs(title: string, pairs: Readonly<Record<string, unknown>>): Markup {
  return html`<section>
    <h2>${title}</h2>
    <table class="pairs">
      <tbody>
        ${Object.entries(pairs).map(
          ([name, value]) =>
            html`<tr>
              <th scope="row"><bdi>${name}</bdi></th>
              <td><bdi>${String(value)}</bdi></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

/** @param job - whose release they are, where they can be had */
function viewFiles(title: string, files: readonly ArtifactDescriptor[], job?: Job): Markup {
  const there = new Set(job === undefined ? [] : filesOf(job).map(({ name }) => name))
  const nameOf = (name: string): Markup =>
    job !== undefined && there.has(name)
      ? html`<a href="/jobs/${job.id}/artifacts/${name}"><bdi>${name}</bdi></a>`
      : html`<bdi>${name}</bdi>`
  return html`<section>
    <h2>${title}</h2>
    <div class="scroll">
      <table class="files">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" class="number">Size</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          ${files.map(
            ({ name, sizeBytes, sha256 }) =>
              html`<tr>
                <th scope="row">${nameOf(name)}</th>
                <td class="number">${formatBytes(sizeBytes)}</td>
                <td><code class="digest">${sha256}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}
