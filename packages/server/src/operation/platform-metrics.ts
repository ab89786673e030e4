/** Metrics that are read from the database at each scrape: the same from every process, and after a restart. @module */

import type { Timestamp } from '@aibomgen/core'
import { Gauge, Histogram, Registry } from 'prom-client'

import type { PlatformState } from './platform-state.ts'

/** Workers that were not seen for longer are gone, and get no series. */
const FORGET_WORKERS_AFTER_SECONDS = 24 * 3600
const RUN_BUCKETS = [1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600]

/** The state at `now` as metrics. Without a state the database is down: that is said, and the rest is absent. */
export function describePlatform(state: PlatformState | undefined, now: Timestamp): Registry {
  const registry = new Registry()
  const registers = [registry]
  new Gauge({ name: 'aibomgen_database_up', help: '1 while the database answers, else 0', registers }).set(
    state === undefined ? 0 : 1,
  )
  if (state === undefined) return registry

  const jobs = new Gauge({ name: 'aibomgen_jobs', help: 'Jobs by state', labelNames: ['state'], registers })
  for (const [name, count] of Object.entries(state.jobs)) jobs.set({ state: name }, count)

  const queues = new Gauge({
    name: 'aibomgen_queue_depth',
    help: 'Entries of each queue that wait, and that are being worked on',
    labelNames: ['queue', 'state'],
    registers,
  })
  for (const [queue, { waiting, active }] of Object.entries(state.queues)) {
    queues.set({ queue, state: 'waiting' }, waiting)
    queues.set({ queue, state: 'active' }, active)
  }

  const lastSeen = new Gauge({
    name: 'aibomgen_worker_last_seen_seconds',
    help: 'Seconds since a worker was heard of',
    labelNames: ['worker'],
    registers,
  })
  for (const { id, lastSeenAt } of state.workers) {
    // Whole seconds by the clocks of two machines: a worker may seem to have been seen in the future.
    const seconds = Math.max(0, (Date.parse(now) - Date.parse(lastSeenAt)) / 1000)
    if (seconds <= FORGET_WORKERS_AFTER_SECONDS) lastSeen.set({ worker: id }, seconds)
  }

  const runs = new Histogram({
    name: 'aibomgen_training_seconds',
    help: 'From the start of the attempt that counts to the end of the job, by the state in which it ended',
    labelNames: ['state'],
    buckets: RUN_BUCKETS,
    registers,
  })
  for (const { state: end, seconds, count } of state.runLengths) {
    for (let run = 0; run < count; run += 1) runs.observe({ state: end }, seconds)
  }
  return registry
}
