/** The tables of jobs, as drizzle sees them. What makes them is in `migrations/`. @module */

import type { Timestamp } from '@aibomgen/core'
import { sql } from 'drizzle-orm'
import { bigserial, boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

import {
  bytesColumn,
  timestampColumn,
  type Column,
  type FilledColumn,
  type NullableColumn,
  type Table,
} from './columns.ts'
import { JOB_STATES, type JobEventType, type JobState } from './job.ts'

/** Jobs: one row for good, changed only by who holds its attempt, or its row lock. */
export const jobs: Table<{
  id: Column<string>
  owner: Column<string>
  state: Column<JobState>
  attempt: FilledColumn<number>
  priority: Column<number>
  submittedAt: Column<Timestamp>
  startedAt: NullableColumn<Timestamp>
  endedAt: NullableColumn<Timestamp>
  record: Column<Uint8Array>
  receiptName: Column<string>
  receipt: Column<Uint8Array>
  runLinkName: NullableColumn<string>
  runLink: NullableColumn<Uint8Array>
  release: NullableColumn<unknown>
  failure: NullableColumn<unknown>
  progress: NullableColumn<unknown>
  cancelRequestedAt: NullableColumn<Timestamp>
  filesDeletedAt: NullableColumn<Timestamp>
  traceParent: NullableColumn<string>
}> = pgTable(
  'jobs',
  {
    id: uuid('id').primaryKey(),
    owner: text('owner').notNull(),
    state: text('state', { enum: JOB_STATES }).notNull(),
    attempt: integer('attempt').notNull().default(0),
    priority: integer('priority').notNull(),
    submittedAt: timestampColumn('submitted_at').notNull(),
    startedAt: timestampColumn('started_at'),
    endedAt: timestampColumn('ended_at'),
    /** `inputs/job.json`, its very bytes. */
    record: bytesColumn('record').notNull(),
    receiptName: text('receipt_name').notNull(),
    receipt: bytesColumn('receipt').notNull(),
    /** The `run_training` link: there once the attempt has been trained and recorded. */
    runLinkName: text('run_link_name'),
    runLink: bytesColumn('run_link'),
    release: jsonb('release'),
    failure: jsonb('failure'),
    progress: jsonb('progress'),
    cancelRequestedAt: timestampColumn('cancel_requested_at'),
    filesDeletedAt: timestampColumn('files_deleted_at'),
    traceParent: text('trace_parent'),
  },
  (table) => [
    index('jobs_owner').on(table.owner, table.submittedAt),
    index('jobs_state').on(table.state, table.submittedAt),
    index('jobs_ended')
      .on(table.endedAt)
      .where(sql`ended_at IS NOT NULL AND files_deleted_at IS NULL`),
  ],
)

/** Which artifacts a job holds in the store, and what they are to it. Artifacts in no row are garbage. */
export const jobFiles: Table<{
  jobId: Column<string>
  name: Column<string>
  sha256: Column<string>
  deleted: FilledColumn<boolean>
}> = pgTable(
  'job_files',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id),
    name: text('name').notNull(),
    sha256: text('sha256').notNull(),
    /** Whether the artifact was deleted on request: the job still speaks of it, and no longer holds it. */
    deleted: boolean('deleted').notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.name] }), index('job_files_sha256').on(table.sha256)],
)

/** What happened to jobs. */
export const jobEvents: Table<{
  sequence: FilledColumn<number>
  jobId: Column<string>
  attempt: Column<number>
  at: Column<Timestamp>
  type: Column<JobEventType>
  data: Column<unknown>
}> = pgTable(
  'job_events',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id),
    attempt: integer('attempt').notNull(),
    at: timestampColumn('at').notNull(),
    type: text('type').$type<JobEventType>().notNull(),
    data: jsonb('data').notNull(),
  },
  (table) => [index('job_events_job').on(table.jobId, table.sequence)],
)

/** What training children printed, piece by piece. */
export const jobLogs: Table<{
  sequence: FilledColumn<number>
  jobId: Column<string>
  attempt: Column<number>
  bytes: Column<Uint8Array>
}> = pgTable(
  'job_logs',
  {
    sequence: bigserial('sequence', { mode: 'number' }).primaryKey(),
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id),
    attempt: integer('attempt').notNull(),
    bytes: bytesColumn('bytes').notNull(),
  },
  (table) => [index('job_logs_job').on(table.jobId, table.sequence)],
)

/** Workers, alive or not. */
export const workers: Table<{
  id: Column<string>
  keyid: Column<string>
  identity: Column<unknown>
  jobId: NullableColumn<string>
  startedAt: Column<Timestamp>
  lastSeenAt: Column<Timestamp>
}> = pgTable('workers', {
  id: text('id').primaryKey(),
  keyid: text('keyid').notNull(),
  identity: jsonb('identity').notNull(),
  jobId: uuid('job_id'),
  startedAt: timestampColumn('started_at').notNull(),
  lastSeenAt: timestampColumn('last_seen_at').notNull(),
})
