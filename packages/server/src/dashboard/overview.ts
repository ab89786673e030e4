/** What the first page shows: jobs that its reader may see, and the platform around them. @module */

import { eq, sql } from 'drizzle-orm'

import type { Principal } from '../auth/principal.ts'
import type { Database } from '../jobs/database.ts'
import { findJob, listJobs } from '../jobs/job-records.ts'
import { JOB_STATES, type Job, type JobState, type WorkerReport } from '../jobs/job.ts'
import { queueDepth } from '../jobs/queue.ts'
import { jobs } from '../jobs/schema.ts'
import { listWorkers } from '../jobs/workers.ts'

/** Which part of the list is asked for. */
export interface OverviewQuery {
  readonly state?: JobState
  /** Id of the last job of the page before. */
  readonly before?: string
}

/** Everything on the first page. */
export interface Overview {
  readonly query: OverviewQuery
  /** Of the reader's jobs; to an operator, of all. */
  readonly counts: Readonly<Record<JobState, number>>
  readonly jobs: readonly Job[]
  /** There are older jobs than these. */
  readonly more: boolean
  /** Jobs that wait for a worker, everybody's. */
  readonly waiting: number
  readonly workers: readonly WorkerReport[]
  readonly isOperator: boolean
}

const PAGE = 50

/** Reads the page for `principal`. A `before` that names no job of theirs counts for nothing. */
export async function readOverview(database: Database, principal: Principal, query: OverviewQuery): Promise<Overview> {
  const isOperator = principal.roles.includes('operator')
  const owner = isOperator ? undefined : principal.id
  const before = query.before === undefined ? undefined : await findJob(database, query.before)
  const [counts, page, queues, workers] = await Promise.all([
    countJobs(database, owner),
    listJobs(database, {
      limit: PAGE + 1,
      ...(owner !== undefined && { owner }),
      ...(query.state !== undefined && { state: query.state }),
      ...(before !== undefined && (owner === undefined || before.owner === owner) && { before }),
    }),
    queueDepth(database),
    listWorkers(database),
  ])
  return {
    query,
    counts,
    jobs: page.slice(0, PAGE),
    more: page.length > PAGE,
    waiting: queues.train.waiting,
    workers,
    isOperator,
  }
}

async function countJobs({ db }: Database, owner: string | undefined): Promise<Readonly<Record<JobState, number>>> {
  const rows = await db
    .select({ state: jobs.state, count: sql<number>`count(*)::int` })
    .from(jobs)
    .where(owner === undefined ? undefined : eq(jobs.owner, owner))
    .groupBy(jobs.state)
  const byState = new Map(rows.map(({ state, count }) => [state, count]))
  return Object.fromEntries(JOB_STATES.map((state) => [state, byState.get(state) ?? 0])) as Record<JobState, number>
}
