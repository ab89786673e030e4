/** A job on a server as text: what a person asks of it. @module */

import type { RemoteJob, RemoteJobState } from './client/remote-job.ts'
import { showOnOneLine, type Output, type Style } from './output.ts'

const STYLES: Readonly<Record<RemoteJobState, Style>> = {
  queued: 'dim',
  running: 'yellow',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
}

/** The job in a few lines. */
export function describeRemoteJob(job: RemoteJob, output: Output): string {
  const { job_id, state, progress, failure, ended_at, submitted_at } = job
  const metrics = Object.entries(progress?.metrics ?? {}).map(([name, value]) => `${name} ${value.toPrecision(4)}`)
  const lines = [
    progress && `  epoch ${progress.epoch}/${progress.epochs}: ${metrics.join(', ')}`,
    failure && `  ${failure.code}: ${failure.message}`,
    `  submitted ${submitted_at}${ended_at === undefined ? '' : `, ended ${ended_at}`}`,
  ]
  const shown = lines.filter((line) => line !== undefined).map(showOnOneLine)
  return [`${showOnOneLine(job_id)}  ${output.style(STYLES[state], state)}`, ...shown].join('\n')
}
