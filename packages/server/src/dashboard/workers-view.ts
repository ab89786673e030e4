/** The list of workers. @module */

import type { Timestamp } from '@aibomgen/core'
import { html } from 'hono/html'

import type { WorkerReport } from '../jobs/job.ts'
import { formatSeconds, secondsBetween } from './format.ts'
import type { Overview } from './overview.ts'
import type { Markup } from './page.ts'

/** A worker that was not heard of for so long is shown as silent. Workers report every few seconds. */
const SILENT_AFTER_SECONDS = 60

/** The section about workers. Whose job a worker runs is shown to operators alone. */
export function viewWorkers({ workers, isOperator }: Overview, now: Timestamp): Markup {
  return html`<section aria-labelledby="workers">
    <h2 id="workers">Workers</h2>
    ${
      workers.length === 0
        ? html`<p class="empty">No worker has reported. Jobs wait until one does.</p>`
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">Worker</th>
                  <th scope="col">Seen</th>
                  <th scope="col">Isolation</th>
                  <th scope="col">Engines</th>
                  <th scope="col">Processor</th>
                  <th scope="col">Version</th>
                  ${isOperator ? html`<th scope="col">Job</th>` : ''}
                </tr>
              </thead>
              <tbody>
                ${workers.map((worker) => viewRow(worker, isOperator, now))}
              </tbody>
            </table>
          </div>`
    }
  </section>`
}

function viewRow(worker: WorkerReport, isOperator: boolean, now: Timestamp): Markup {
  const { id, keyid, lastSeenAt, isolation, backends, cpu, version, jobId } = worker
  const seconds = secondsBetween(lastSeenAt, now)
  return html`<tr>
    <th scope="row">
      <code><bdi>${id.slice(0, 8)}</bdi></code> <span class="note">key ${keyid.slice(0, 8)}</span>
    </th>
    <td>
      ${
        seconds > SILENT_AFTER_SECONDS
          ? html`<span class="badge badge-failed">silent</span> <span class="note">${formatSeconds(seconds)}</span>`
          : html`<span class="badge badge-completed">alive</span>`
      }
    </td>
    <td>${isolation.name}</td>
    <td><bdi>${backends.join(', ')}</bdi></td>
    <td><bdi>${cpu}</bdi></td>
    <td><bdi>${version}</bdi></td>
    ${
      isOperator
        ? html`<td>
            ${jobId === undefined ? 'idle' : html`<a href="/ui/jobs/${jobId}"><code>${jobId.slice(0, 8)}</code></a>`}
          </td>`
        : ''
    }
  </tr>`
}
