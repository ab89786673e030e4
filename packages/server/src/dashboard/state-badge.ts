/** A job's state and how far it is, as a reader sees them in lists and on a job's own page. @module */

import { html } from 'hono/html'

import type { Job, JobState } from '../jobs/job.ts'
import { formatSeconds } from './format.ts'
import type { Markup } from './page.ts'

/** The state as a word, with a colour beside it. */
export function stateBadge(state: JobState): Markup {
  return html`<span class="badge badge-${state}">${state}</span>`
}

/** A bar and its words, or nothing before the first epoch. */
export function progressBar({ progress, state }: Job): Markup {
  if (progress === undefined) return html``
  const { epoch, epochs, secondsLeft } = progress
  const left = state === 'running' && secondsLeft !== undefined ? `, ${formatSeconds(secondsLeft)} left` : ''
  return html`<span class="progress"
    ><progress value="${epoch}" max="${epochs}" aria-label="Epochs"></progress
    ><span class="note">epoch ${epoch} of ${epochs}${left}</span></span
  >`
}

/** What the job is called: by the user's own word, else by the model file. */
export function jobName({ record }: Job): string {
  return record.metadata['model_name'] || record.files.model.name
}
